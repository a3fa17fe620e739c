-- +goose Up

-- Visitors of a web chat whom the company's own site has signed in. The site
-- says who they are in a token that one of the sender's keys signs.
create table identity_keys (
    company_id uuid not null,
    sender_id  uuid not null,
    id         uuid not null,
    secret     bytea not null, -- sealed
    created_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    foreign key (company_id, sender_id) references senders on delete cascade
);
create index identity_keys_by_sender on identity_keys (company_id, sender_id);

create table identity_tokens ( -- tokens that were shown: each lets somebody in once
    company_id uuid not null,
    sender_id  uuid not null,
    nonce      bytea not null, -- sha256 of it
    expires_at timestamptz not null,
    primary key (company_id, sender_id, nonce)
);
create index identity_tokens_by_age on identity_tokens (expires_at);

-- Who is signed in is one visitor on all their devices, each with a token of
-- its own; visitors.token_hash is then nobody's.
create table visitor_tokens (
    token_hash bytea primary key, -- sha256 of 256 random bits: no salt needed
    company_id uuid not null,
    visitor_id text not null,
    created_at timestamptz not null default clock_timestamp()
);
create index visitor_tokens_by_visitor on visitor_tokens (company_id, visitor_id, created_at);
