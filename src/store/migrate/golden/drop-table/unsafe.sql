-- step: drop customers
drop table "customers";
