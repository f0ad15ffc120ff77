-- step: make the index anew
reindex table "orders";
