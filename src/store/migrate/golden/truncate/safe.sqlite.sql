-- plinth migration
-- phase: contract

-- step: forget the old ones
delete from "orders" where "total" < 0;
