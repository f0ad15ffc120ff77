-- step: a choice
create table "moods" ("mood" text not null constraint "moods_mood_1a" check ("mood" in ('sad', 'fine', 'happy')));
