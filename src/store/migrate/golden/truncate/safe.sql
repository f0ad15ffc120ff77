-- plinth migration
-- phase: contract

-- step: forget the old ones
-- phase: backfill
-- batch: orders (id)
delete from "orders" where "total" < 0 and :batch;
