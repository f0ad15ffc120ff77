-- step: positive numbers
create domain "positive" as bigint check (value > 0);
