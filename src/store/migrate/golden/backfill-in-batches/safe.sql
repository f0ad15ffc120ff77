-- step: fill the notes
-- phase: backfill
-- batch: orders (id)
update "orders" set "note" = '-' where "note" is null and :batch;
