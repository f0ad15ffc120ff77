-- step: make the index anew
-- transaction: no
reindex table concurrently "orders";
