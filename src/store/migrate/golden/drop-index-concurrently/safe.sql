-- step: drop the index
-- transaction: no
drop index concurrently if exists "orders_customer_idx";
