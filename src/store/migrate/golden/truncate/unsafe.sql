-- step: forget everything
truncate "orders" cascade;
