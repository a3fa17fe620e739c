-- +goose Up

alter table staff add column password text;                      -- argon2id with its parameters; null: has not chosen one
alter table staff add column language text not null default '';  -- of the console; empty: the browser's
create index staff_by_sign_in on staff (lower(email)) where password is not null;

create table sessions (
    company_id uuid not null,
    id         uuid not null,
    staff_id   uuid not null,
    hash       bytea not null unique, -- sha256 of a random token: no salt needed for 256 random bits
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    primary key (company_id, id)
);
create index sessions_by_staff on sessions (company_id, staff_id);
create index sessions_by_age on sessions (seen_at);

create table sign_in_links ( -- used once: whoever uses one deletes it
    company_id uuid not null,
    id         uuid not null,
    staff_id   uuid,                  -- null: whoever holds it becomes the first admin
    hash       bytea not null unique,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (company_id, id)
);
create index sign_in_links_by_staff on sign_in_links (company_id, staff_id);

create table sign_in_tries ( -- how often somebody tried to sign in lately
    key   bytea primary key, -- sha256 of an address or of an e-mail address: what strangers type is not kept
    tries integer not null,
    since timestamptz not null
);
create index sign_in_tries_by_age on sign_in_tries (since);
