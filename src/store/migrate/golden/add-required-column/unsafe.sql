-- step: add the channel
alter table "orders" add column "channel" text not null;
