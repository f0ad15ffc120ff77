-- step: from now on
alter table "orders" add constraint "orders_note_required" check ("note" is not null) not valid;

-- step: prove it
alter table "orders" validate constraint "orders_note_required";

-- step: require the note
alter table "orders" alter column "note" set not null;
alter table "orders" drop constraint "orders_note_required";
