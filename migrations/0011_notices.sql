-- +goose Up

create table notices ( -- what happened that staff may want to hear of; a worker finds out who
    company_id uuid not null,
    id         uuid not null,
    team_id    uuid,
    ticket_id  uuid,
    staff_id   uuid, -- set: it is for this one alone
    kind       text not null,
    thing      text not null, -- what it is about: each is told once
    about      jsonb not null default '{}', -- notices.About
    at         timestamptz not null,
    attempts   integer not null default 0,
    due_at     timestamptz default now(), -- null: it stands below for whom it concerns
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    unique (company_id, kind, thing)
);
create index notices_due on notices (due_at) where due_at is not null;
create index notices_by_age on notices (created_at);

create table notice_sends ( -- a notice on its way to one person
    company_id uuid not null,
    id         uuid not null,
    notice_id  uuid not null,
    staff_id   uuid not null,
    way        text not null,                  -- email, push, text
    device_id  uuid,                           -- of a push
    state      text not null default 'queued', -- queued, sent, failed, dropped
    held       boolean not null default false, -- waits for the person's next shift
    batch      uuid,                           -- what goes out together keeps together, also when it is tried again
    attempts   integer not null default 0,
    due_at     timestamptz,                    -- null: nothing left to do
    expires_at timestamptz not null,           -- the last try is before
    error      text not null default '',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, id)
);
create unique index notice_sends_once on notice_sends (company_id, notice_id, staff_id, way, device_id) nulls not distinct;
create index notice_sends_due on notice_sends (way, due_at) where due_at is not null;
create index notice_sends_waiting on notice_sends (company_id, staff_id, way, due_at) where due_at is not null;
create index notice_sends_by_person on notice_sends (company_id, staff_id, id desc);
create index notice_sends_by_age on notice_sends (created_at);

create table notice_choices (
    company_id uuid not null,
    staff_id   uuid not null,
    choices    jsonb not null, -- notices.Choices; what is not there has its default
    updated_at timestamptz not null default now(),
    primary key (company_id, staff_id)
);

create table push_devices ( -- browsers that show notices
    company_id uuid not null,
    id         uuid not null,
    staff_id   uuid not null,
    name       text not null default '',
    endpoint   text not null,
    hash       bytea not null unique, -- sha256 of the endpoint
    p256dh     text not null,
    auth       text not null,
    created_at timestamptz not null default now(),
    primary key (company_id, id)
);
create index push_devices_by_person on push_devices (company_id, staff_id);

create table server_keys ( -- keys that this installation made for itself
    name       text primary key,
    sealed     bytea not null,
    created_at timestamptz not null default now()
);

create table escalations ( -- tickets that managers hear of unless somebody touches them
    company_id uuid not null,
    ticket_id  uuid not null,
    team_id    uuid not null,
    since      timestamptz not null, -- the customer waits
    due_at     timestamptz,          -- null: the managers were told
    primary key (company_id, ticket_id)
);
create index escalations_due on escalations (due_at) where due_at is not null;

alter table teams add column escalate_after_minutes integer not null default 0; -- of open time; 0: never
