-- step: add the double
alter table "orders" add column "twice" bigint generated always as ("total" * 2) stored;
