-- +goose Up

create table media ( -- files: what customers sent, recordings of calls, what the staff uploaded
    company_id   uuid not null,
    id           uuid not null,
    team_id      uuid not null,
    contact_id   uuid,                          -- whose it is, when it is a customer's
    ticket_id    uuid,
    message_id   uuid,                          -- it came with this message
    call_id      uuid,                          -- or is a recording of this call
    origin       text,                          -- what it is, once for ever: message/{id}/{n}, call/{id}/{recording}; null: an upload
    kind         text not null default '',      -- of our sender: which provider it lies at
    account      text not null default '',      -- the provider's account
    source       jsonb,                         -- channels.Media: where it lies at the provider
    state        text not null default 'waiting', -- waiting, stored, refused, failed
    reason       text not null default '',      -- why it is not stored, or not yet
    content_type text not null default '',      -- as its content says
    size         bigint not null default 0,     -- bytes
    name         text not null default '',      -- as its owner named it
    thumbnail    boolean not null default false,
    who          text not null default '',      -- who uploaded it; empty: a customer
    attempts     integer not null default 0,
    due_at       timestamptz,                   -- to be fetched then; null: nothing left to do
    created_at   timestamptz not null default now(),
    stored_at    timestamptz,
    primary key (company_id, id),
    unique (company_id, origin)
);
create index media_due on media (due_at) where due_at is not null;
create index media_by_message on media (company_id, message_id) where message_id is not null;
create index media_by_call on media (company_id, call_id) where call_id is not null;
create index media_by_contact on media (company_id, contact_id) where contact_id is not null;

create table link_keys ( -- what signs links while no secret key is configured: one for all replicas
    name text primary key,
    key  bytea not null
);
