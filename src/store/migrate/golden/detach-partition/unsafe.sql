-- step: detach the old year
alter table "events" detach partition "events_2024";
