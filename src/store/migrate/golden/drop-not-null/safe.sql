-- step: allow null
-- assured: The version before shows a null as nothing.
alter table "orders" alter column "status" drop not null;
