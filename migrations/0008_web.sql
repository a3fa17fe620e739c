-- +goose Up

create table visitors ( -- who writes on a website: known by a token in their browser
    company_id uuid not null,
    id         text not null,                -- the contact's address of the kind visitor
    sender_id  uuid not null,
    token_hash bytea not null unique,        -- sha256 of 256 random bits: no salt needed
    user_id    text not null default '',     -- whom the company's own sign-in says it is; verified
    typing_at  timestamptz,
    read_seq   bigint not null default 0,    -- of the newest message that was seen
    created_at timestamptz not null default now(),
    primary key (company_id, id)
);

-- A visitor's browser reads on from where it left off.
create index messages_onward on messages (company_id, contact_id, seq);
