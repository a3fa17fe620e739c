-- +goose Up

create table staff_codes ( -- an authenticator app, whose codes somebody signs in with beside a password
    company_id uuid not null,
    staff_id   uuid not null,
    secret     bytea,                    -- sealed; null: not in force yet
    pending    bytea,                    -- sealed; null: none waits for its first code
    last_step  bigint not null default 0, -- of the last code that was taken: none is twice
    primary key (company_id, staff_id)
);

create table staff_recovery_codes ( -- used once: whoever uses one deletes it
    company_id uuid not null,
    staff_id   uuid not null,
    hash       bytea not null, -- sha256 of 80 random bits
    primary key (company_id, staff_id, hash)
);

create table sign_in_steps ( -- who has shown their password and owes the second factor
    hash       bytea primary key, -- sha256 of a random token that their browser has
    company_id uuid not null,
    staff_id   uuid not null,
    expires_at timestamptz not null
);
create index sign_in_steps_by_age on sign_in_steps (expires_at);

alter table companies add column second_factor text not null default 'optional'; -- or required: of whoever has a password
