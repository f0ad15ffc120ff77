-- step: make clients
create table "clients" ("id" uuid not null, "name" text not null, constraint "clients_pkey" primary key ("id"));
