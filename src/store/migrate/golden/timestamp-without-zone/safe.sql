-- step: add the day it was paid
alter table "orders" add column "paid_at" timestamptz(3);
