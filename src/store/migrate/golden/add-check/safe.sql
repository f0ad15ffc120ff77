-- step: no negative totals
alter table "orders" add constraint "orders_total_1a2b" check ("total" >= 0) not valid;

-- step: prove it
alter table "orders" validate constraint "orders_total_1a2b";
