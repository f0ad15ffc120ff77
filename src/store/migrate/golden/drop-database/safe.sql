-- plinth migration
-- phase: contract

-- step: drop customers
-- loses: Its rows are lost.
drop table "customers";
