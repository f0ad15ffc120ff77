-- step: refer to customers
alter table "orders" add constraint "orders_customer_fkey" foreign key ("customer") references "customers" ("id") on delete restrict;
