-- step: make clients
create table "clients" ("id" text not null, "name" text not null, constraint "clients_pkey" primary key ("id")) strict, without rowid;
