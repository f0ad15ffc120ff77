-- step: two in one
alter table "orders" add column "one" text;
commit;
alter table "orders" add column "two" text;
