-- step: a long name
alter table "orders" add column "a_name_that_goes_on_a_name_that_goes_on_a_name_that_goes_on_a_name_that_goes_on_" text;
