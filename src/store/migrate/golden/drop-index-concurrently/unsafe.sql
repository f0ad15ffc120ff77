-- step: drop the index
drop index "orders_customer_idx";
