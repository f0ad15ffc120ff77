-- step: change the total
alter table "orders" alter column "total" type numeric(20, 2) using "total" / 100.0;
