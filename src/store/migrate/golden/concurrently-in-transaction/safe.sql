-- step: index the status
-- transaction: no
drop index concurrently if exists "orders_status_idx";
create index concurrently "orders_status_idx" on "orders" ("status");
