-- step: squeeze
vacuum full "orders";
