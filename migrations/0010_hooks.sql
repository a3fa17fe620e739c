-- +goose Up

create table hooks ( -- addresses that companies want events sent to
    company_id  uuid not null,
    id          uuid not null,
    url         text not null,
    kinds       text[] not null,
    secret      bytea not null, -- sealed
    enabled     boolean not null default true,
    failures    integer not null default 0, -- in a row
    rests_until timestamptz not null default now(), -- it failed: nothing is sent before
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    primary key (company_id, id)
);
create unique index hooks_by_id on hooks (id);

create table hook_deliveries ( -- what was told to which address; the id is the event's, the same for all of them
    company_id uuid not null,
    hook_id    uuid not null,
    id         uuid not null,
    kind       text not null,
    payload    jsonb not null,
    state      text not null default 'queued', -- queued, delivered, failed
    attempts   integer not null default 0,
    due_at     timestamptz default now(), -- null: nothing left to do
    expires_at timestamptz not null default now() + interval '24 hours', -- the last try is before
    status     integer, -- of the last answer
    error      text not null default '',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, hook_id, id)
);
create index hook_deliveries_due on hook_deliveries (hook_id, due_at) where due_at is not null;
