-- plinth migration
-- phase: contract

-- step: drop the note
-- loses: Its values are lost.
alter table "orders" drop column "note";
