-- step: say why
-- assured: It only gathers figures for the planner.
analyze "orders";
