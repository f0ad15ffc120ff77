-- step: add the country
alter table "orders" add column "country" text;
