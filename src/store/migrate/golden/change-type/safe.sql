-- step: add the new total
alter table "orders" add column "total_exact" numeric(20, 2);

-- step: rows that were there
-- phase: backfill
-- batch: orders (id)
update "orders" set "total_exact" = "total" / 100.0 where "total_exact" is null and :batch;
