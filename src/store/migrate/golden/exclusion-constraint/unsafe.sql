-- step: no two the same
alter table "orders" add constraint "orders_apart" exclude using btree ("id" with =);
