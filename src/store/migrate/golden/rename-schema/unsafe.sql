-- step: rename the schema
alter schema "public" rename to "shop";
