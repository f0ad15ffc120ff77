-- step: one order a customer
-- transaction: no
drop index concurrently if exists "orders_customer_key";
create unique index concurrently "orders_customer_key" on "orders" ("customer", "id");
