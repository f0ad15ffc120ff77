-- step: add a token
alter table "orders" add column "token" uuid;
alter table "orders" alter column "token" set default gen_random_uuid();

-- step: rows that were there
-- phase: backfill
-- batch: orders (id)
update "orders" set "token" = gen_random_uuid() where "token" is null and :batch;
