-- step: wait for ever
set local lock_timeout = 0;
alter table "orders" add column "one" text;
