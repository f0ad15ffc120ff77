-- step: no two the same
create table "slots" ("id" uuid not null, constraint "slots_apart" exclude using btree ("id" with =));
