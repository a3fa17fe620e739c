-- +goose Up

-- Two kinds of tables. Settings are few, change by hand and hold each other
-- with foreign keys. What grows (contacts, tickets, events, decisions,
-- deliveries, messages) is keyed by company first and has no foreign keys, so
-- that months can be detached and companies spread over machines.
--
-- Of several indexes that look alike to Postgres before it has counted a
-- table's rows it takes the one made last: the most selective comes last.

create table companies (
    id          uuid primary key,
    name        text not null,
    last_ticket bigint not null default 1000, -- customers see the number; a company's first is 1001
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

create table teams (
    company_id         uuid not null references companies,
    id                 uuid not null unique,
    name               text not null,
    display_name       text not null,
    time_zone          text not null,
    language           text not null,
    plain_letters      boolean not null default true,
    sms_fallback       boolean not null default false,
    ring_last_advisor  boolean not null default false,
    create_ticket_for_missed_calls boolean not null default false,
    automatic_per_hour integer not null default 1000, -- the whole team's cap
    automatic_per_day  integer not null default 5000,
    contact_per_hour   integer not null default 5,    -- one person's budget
    contact_per_day    integer not null default 15,
    allowed_countries  text[] not null default '{}',  -- ISO 3166 alpha-2; empty: all
    version            bigint not null default 1,     -- of all the team's settings; moves with every change, so that a cached snapshot knows it is old
    automations_version bigint not null default 1,    -- the ETag of its 14 automations
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    primary key (company_id, id)
);

create table automations (
    company_id uuid not null,
    team_id    uuid not null,
    key        text not null,
    settings   jsonb not null, -- settings.Automation; a row per choice would be a column per setting
    updated_at timestamptz not null default now(),
    primary key (company_id, team_id, key),
    foreign key (company_id, team_id) references teams on delete cascade
);

create table schedules (
    company_id     uuid not null,
    team_id        uuid not null,
    id             uuid not null,
    title          text not null,
    time_zone      text not null,
    starts_at      timestamp not null, -- wall clock in time_zone: 08:00 stays 08:00 when clocks change
    ends_at        timestamp not null,
    rrule          text,               -- null: once
    enabled        boolean not null default true,
    business_hours boolean,            -- null: assumed yes
    advisors       jsonb not null default '[]',
    created_at     timestamptz not null default clock_timestamp(), -- the newest in effect wins
    updated_at     timestamptz not null default now(),
    primary key (company_id, team_id, id),
    foreign key (company_id, team_id) references teams on delete cascade
);

create table accounts ( -- a provider's account of a company's own; the environment's is not stored
    company_id uuid not null references companies,
    id         uuid not null,
    provider   text not null,  -- twilio, meta
    account    text not null,  -- AccountSid
    secrets    bytea not null, -- sealed; a JSON list, the current one first
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, id),
    unique (provider, account)
);

create table senders (
    company_id uuid not null,
    team_id    uuid not null,
    id         uuid not null unique,
    kind       text not null,
    account    text not null default '', -- the provider's account; empty: the environment's
    address    text not null,
    settings   jsonb not null default '{}', -- settings.SenderSettings
    paused_at  timestamptz,                 -- the provider refused the account or the sender
    paused_for text,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default now(),
    primary key (company_id, id),
    unique (kind, account, address),
    foreign key (company_id, team_id) references teams on delete cascade
);
create index senders_by_team on senders (company_id, team_id);

create table history ( -- who changed which setting, from what to what
    company_id uuid not null references companies,
    team_id    uuid,
    id         uuid not null,
    at         timestamptz not null default now(),
    who        text not null,
    what       text not null, -- team, automations, schedule, sender, …
    subject    text,          -- the id or key of the thing changed
    before     jsonb,
    after      jsonb,
    primary key (company_id, id)
);
create index history_by_team on history (company_id, team_id, id desc);

create table api_keys (
    company_id uuid not null references companies,
    id         uuid not null,
    team_id    uuid, -- null: all the company's teams
    name       text not null default '',
    hash       bytea not null unique, -- sha256 of a random key: no salt needed for 256 random bits
    scopes     text[] not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    primary key (company_id, id)
);

create table contacts (
    company_id uuid not null,
    id         uuid not null,
    name       text not null default '',
    language   text not null default '', -- empty: not known
    blocked_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, id)
);

create table addresses ( -- none of a contact's addresses is its key: people change numbers
    company_id      uuid not null,
    kind            text not null, -- phone, whatsapp, visitor
    address         text not null,
    contact_id      uuid not null,
    unreachable_at  timestamptz,
    unreachable_for text, -- the provider's code
    created_at      timestamptz not null default now(),
    primary key (company_id, kind, address)
);
create index addresses_by_contact on addresses (company_id, contact_id);

create table standings ( -- how a contact stands with a team; its row is the lock under which their events are handled
    company_id   uuid not null,
    team_id      uuid not null,
    contact_id   uuid not null,
    opted_out_at timestamptz,
    paused_until timestamptz, -- taken for a machine
    advisor_at   timestamptz, -- an advisor last wrote or spoke
    primary key (company_id, team_id, contact_id)
);

create table consents ( -- every opt-out and opt-in, for ever, with its evidence
    company_id uuid not null,
    id         uuid not null,
    team_id    uuid not null,
    contact_id uuid not null,
    sender_id  uuid, -- set: for this sender alone (Twilio's 21610)
    opted_out  boolean not null,
    source     text not null, -- message, provider, api
    words      text not null,
    event_id   uuid,
    at         timestamptz not null,
    primary key (company_id, id)
);
create index consents_by_contact on consents (company_id, contact_id, team_id, at desc);

create table sender_opt_outs (
    company_id uuid not null,
    sender_id  uuid not null,
    contact_id uuid not null,
    at         timestamptz not null,
    primary key (company_id, sender_id, contact_id)
);

create table tickets (
    company_id uuid not null,
    id         uuid not null,
    team_id    uuid not null,
    contact_id uuid not null,
    sender_id  uuid, -- where the customer was last heard
    number     bigint not null,
    kind       text not null, -- message, call, missed_call, voicemail, web
    status     text not null default 'open', -- open, done, closed
    assignee   uuid,
    resolved   boolean,
    opened_at  timestamptz not null,
    done_at    timestamptz,
    closed_at  timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, id),
    unique (company_id, number)
);
create index tickets_by_team on tickets (company_id, team_id, id desc);
create index tickets_by_status on tickets (company_id, team_id, status, id desc);
create index tickets_by_contact on tickets (company_id, team_id, contact_id, opened_at desc);

create table ticket_changes ( -- opened, reopened, done, closed, assigned: what messages do not say
    company_id uuid not null,
    id         uuid not null,
    ticket_id  uuid not null,
    at         timestamptz not null,
    change     text not null,
    who        text not null default '', -- empty: the gateway
    primary key (company_id, id)
);
create index ticket_changes_by_ticket on ticket_changes (company_id, ticket_id, at);

create table events ( -- what happened, written down before anybody thinks about it; also timers
    company_id  uuid not null,
    id          uuid not null,
    seq         bigint generated always as identity,
    team_id     uuid not null,
    sender_id   uuid not null,
    kind        text not null,
    provider_id text not null,
    lane        text not null, -- events of one lane are handled one at a time, in order
    occurred_at timestamptz not null, -- the moment the customer did it: what "open" and "closed" are judged by
    due_at      timestamptz not null,
    attempts    integer not null default 0,
    handled_at  timestamptz,
    fault       text, -- why the last attempt failed
    payload     jsonb not null, -- channels.Event
    raw         bytea,
    created_at  timestamptz not null default now(),
    primary key (company_id, id),
    unique (company_id, sender_id, provider_id)
);
create index events_due on events (due_at, seq) where handled_at is null;
create index events_lane on events (lane, seq) where handled_at is null;

create table strays ( -- signed by an account of ours, but for no sender of ours: kept and shown
    id          uuid primary key,
    account     text not null,
    kind        text not null,
    ours        text not null,
    provider_id text not null,
    payload     jsonb not null,
    raw         bytea,
    received_at timestamptz not null,
    unique (account, ours, provider_id)
);

create table decisions (
    company_id  uuid not null,
    id          uuid not null,
    team_id     uuid not null,
    contact_id  uuid,
    ticket_id   uuid,
    event_id    uuid not null,
    event_kind  text not null,
    provider_id text not null,
    automation  text,
    outcome     text not null, -- sent, skipped, deferred
    reason      text not null,
    facts       jsonb not null,
    text        text not null default '',
    delivery_id uuid,
    at          timestamptz not null, -- of the event: memories compare customers' moments, not ours
    created_at  timestamptz not null default now(),
    primary key (company_id, id),
    unique (company_id, event_id)
);
create index decisions_by_team on decisions (company_id, team_id, id desc);
create index decisions_by_ticket on decisions (company_id, ticket_id, id desc) where ticket_id is not null;
create index decisions_by_provider on decisions (company_id, team_id, provider_id);
create index decisions_by_reason on decisions (company_id, team_id, reason, id desc);
create index decisions_by_automation on decisions (company_id, team_id, automation, id desc);
create index decisions_by_contact on decisions (company_id, team_id, contact_id, id desc);
create index decisions_sent on decisions (company_id, team_id, contact_id, automation, at) where outcome = 'sent' and automation is not null;

create table deliveries ( -- the outbox, and what became of each message in it
    company_id   uuid not null,
    id           uuid not null,
    seq          bigint generated always as identity,
    team_id      uuid not null,
    contact_id   uuid not null,
    ticket_id    uuid,
    decision_id  uuid,
    sender_id    uuid not null,
    kind         text not null,
    account      text not null,
    from_address text not null,
    to_address   text not null,
    text         text not null,
    media        jsonb not null default '[]',
    state        text not null default 'queued',
    reason       text not null default '', -- channels.Reason
    error_code   text not null default '',
    error        text not null default '',
    provider_id  text,
    segments     integer not null default 0,
    attempts     integer not null default 0,
    looks        integer not null default 0, -- look-ups after a lost answer
    tried_at     timestamptz, -- when the last create call began
    due_at       timestamptz, -- null: nothing left to do
    expires_at   timestamptz, -- not sent by then: it makes no sense any more
    sent_at      timestamptz,
    retry_id     uuid, -- its copy, when somebody had it sent again
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    primary key (company_id, id)
);
create index deliveries_due on deliveries (due_at, seq) where due_at is not null;
create index deliveries_lane on deliveries (sender_id, to_address, seq) where due_at is not null;
create index deliveries_by_state on deliveries (company_id, state, id desc);
create index deliveries_by_team on deliveries (company_id, team_id, id desc);
create index deliveries_by_sender on deliveries (company_id, sender_id, id desc);
create index deliveries_by_provider on deliveries (provider_id) where provider_id is not null;

create table messages (
    company_id  uuid not null,
    id          uuid not null,
    seq         bigint generated always as identity,
    team_id     uuid not null,
    contact_id  uuid not null,
    ticket_id   uuid, -- null: an opt-out word, or somebody blocked
    sender_id   uuid not null,
    author      text not null, -- customer, automation, advisor
    text        text not null,
    media       jsonb not null default '[]',
    event_id    uuid,
    delivery_id uuid,
    at          timestamptz not null,
    primary key (company_id, id)
);
create index messages_by_ticket on messages (company_id, ticket_id, seq);
create index messages_by_contact on messages (company_id, team_id, contact_id, at desc, seq desc);

create table spend ( -- automatic messages of a team by hour and day: the cap that forged callers cannot pass
    company_id uuid not null,
    team_id    uuid not null,
    span       text not null, -- hour, day
    starts_at  timestamptz not null,
    sent       integer not null,
    primary key (company_id, team_id, span, starts_at)
);
