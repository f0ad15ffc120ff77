-- step: a short name
alter table "orders" add column "a_name_that_ends" text;
