-- step: partitions
create table "events" ("id" bigint not null, "at" date not null) partition by range ("at");
create table "events_2024" partition of "events" for values from ('2024-01-01') to ('2025-01-01');

-- step: detach the old year
-- transaction: no
alter table "events" detach partition "events_2024" concurrently;
