-- step: a status between
create type "mood" as enum ('sad', 'happy');
alter type "mood" add value 'fine' before 'happy';
