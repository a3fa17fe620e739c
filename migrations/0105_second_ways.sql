-- +goose NO TRANSACTION
-- +goose Up

-- A message that goes another way after a refusal: its files as links in its text, and
-- the message in whose stead it goes. Nothing goes a third way.
alter table deliveries
    add column if not exists as_links  boolean not null default false,
    add column if not exists stands_for uuid;

-- A version that knows of none would send the files, and the place of the links as it is:
-- what it tries to claim of these stays, until one comes that says so with each claim.
create or replace trigger deliveries_as_links before update on deliveries for each row
    when (new.as_links and new.claims > old.claims and new.link_claims - old.link_claims <> 2)
    execute function leave_alone();

-- The link at which a customer opens a file that no message carried: the hash of its
-- token, and until when it opens it.
alter table media
    add column if not exists link_hash  bytea,
    add column if not exists link_until timestamptz;
drop index concurrently if exists media_links;
create unique index concurrently media_links on media (link_hash) where link_hash is not null;

-- The template that says what free text says, for when the provider tells that it takes
-- no free text any more.
alter table deliveries add column if not exists template_else jsonb;
