-- +goose Up

create table staff_passkeys ( -- what somebody signs in with in the place of a password, or beside it
    company_id uuid not null,
    id         uuid not null,
    staff_id   uuid not null,
    credential bytea not null unique,         -- as the authenticator names it
    record     jsonb not null,                -- its public key, counter and flags: nothing secret
    name       text not null,                 -- as its owner calls it
    created_at timestamptz not null default now(),
    used_at    timestamptz,
    primary key (company_id, id)
);
create index staff_passkeys_by_staff on staff_passkeys (company_id, staff_id);

create table passkey_answers ( -- challenges that were answered: none is twice
    hash       bytea primary key,
    expires_at timestamptz not null
);
create index passkey_answers_by_age on passkey_answers (expires_at);
