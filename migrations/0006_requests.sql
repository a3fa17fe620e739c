-- +goose Up

-- What customers are asked for, and what they answered. A link's token is kept
-- as its hash: who reads this table cannot open a customer's page.
create table requests (
    company_id  uuid not null,
    id          uuid not null,
    team_id     uuid not null,
    contact_id  uuid not null,
    ticket_id   uuid not null,
    kind        text not null,                 -- photo_video, approval, payment, rating, resolved
    state       text not null default 'open',  -- open, seen, answered, expired, cancelled
    token_hash  bytea not null unique,         -- sha256 of 128 random bits: no salt needed
    message     text not null default '',      -- the advisor's own words; stands on the page as well
    attachments jsonb not null default '[]',   -- ids of media
    amount      bigint,                        -- of a payment, in the currency's smallest unit
    currency    text not null default '',      -- ISO 4217
    description text not null default '',
    advisor     uuid,                          -- whose help is rated: the ticket's assignee when it was asked
    who         text not null default '',      -- who asked; empty: the gateway
    channel     text not null default '',      -- the kind of sender that it went out on, where a plain reply answers it
    answer      jsonb,
    via         text not null default '',      -- how it was answered: page, text
    told_at     timestamptz,                   -- when a repeated answer was told that there is one already
    asked_at    timestamptz not null,
    seen_at     timestamptz,
    answered_at timestamptz,
    ended_at    timestamptz,                   -- expired or cancelled
    expires_at  timestamptz not null,
    primary key (company_id, id)
);
create index requests_by_ticket on requests (company_id, ticket_id, asked_at desc);
create index requests_by_contact on requests (company_id, team_id, contact_id, asked_at desc);
create index requests_rated on requests (company_id, team_id, answered_at desc) where kind = 'rating' and state = 'answered';

-- The life of a request stands on its ticket's timeline beside the ticket's own changes.
alter table ticket_changes add column request_id uuid;
alter table ticket_changes add column detail text not null default ''; -- of assigned: to whom, empty: to nobody; of a request: its kind or answer

alter table messages add column who text not null default ''; -- of an advisor's message: who wrote it

create table idempotency_keys ( -- what was answered to a request that may come again
    company_id uuid not null,
    key        text not null,  -- what was asked for, and the client's own key
    body       bytea not null, -- sha256 of what was sent with it
    answer     jsonb not null,
    created_at timestamptz not null default now(),
    primary key (company_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
