-- step: rename customers
alter table "customers" rename to "clients";
