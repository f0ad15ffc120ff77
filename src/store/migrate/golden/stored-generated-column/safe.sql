-- step: add the double
alter table "orders" add column "twice" bigint;

-- step: rows that were there
-- phase: backfill
-- batch: orders (id)
update "orders" set "twice" = "total" * 2 where "twice" is null and :batch;
