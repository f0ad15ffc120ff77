-- step: a table where it was
create table "shops" ("id" uuid not null, constraint "shops_pkey" primary key ("id"));
