-- step: say when
comment on table "orders" is 'What was bought';
