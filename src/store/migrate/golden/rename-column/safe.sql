-- step: both names
-- assured: The trigger only copies between the two names of one column.
alter table "orders" add column "amount" bigint;
create function "orders_amount"() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new."amount" is null then new."amount" := new."total"; else new."total" := new."amount"; end if;
  elsif new."amount" is distinct from old."amount" then new."total" := new."amount";
  else new."amount" := new."total";
  end if;
  return new;
end
$$;
create trigger "orders_amount" before insert or update on "orders" for each row execute function "orders_amount"();

-- step: rows that were there
-- phase: backfill
-- batch: orders (id)
update "orders" set "amount" = "total" where "amount" is null and :batch;
