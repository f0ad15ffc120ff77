-- step: index the status
create index "orders_status_idx" on "orders" ("status");
