-- step: drop everything
drop schema "public" cascade;
