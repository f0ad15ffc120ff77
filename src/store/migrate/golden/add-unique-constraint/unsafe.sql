-- step: one order a customer
alter table "orders" add constraint "orders_customer_key" unique ("customer", "id");
