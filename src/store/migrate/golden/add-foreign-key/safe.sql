-- step: refer to customers
alter table "orders" add constraint "orders_customer_fkey" foreign key ("customer") references "customers" ("id") on delete restrict not valid;

-- step: prove it
alter table "orders" validate constraint "orders_customer_fkey";
