-- step: drop the note
alter table "orders" drop column "note";
