-- step: make tags
create table "tags" ("id" integer primary key, "name" text not null);
