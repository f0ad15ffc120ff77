-- step: fill the notes
update "orders" set "note" = '-';
