-- step: one
alter table "orders" add column "one" text;

-- step: two
alter table "orders" add column "two" text;
