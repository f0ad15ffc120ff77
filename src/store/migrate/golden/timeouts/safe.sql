-- step: add it
alter table "orders" add column "one" text;
