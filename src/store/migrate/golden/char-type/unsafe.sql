-- step: add the country
alter table "orders" add column "country" char(2);
