-- +goose Up

-- Who somebody of the staff is at the company's identity provider. The subject
-- names them there for ever; an e-mail address does not.
create table staff_identities (
    company_id uuid not null,
    id         uuid not null,
    staff_id   uuid not null,
    issuer     text not null,
    subject    text not null,
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    unique (company_id, issuer, subject)
);
create index staff_identities_by_staff on staff_identities (company_id, staff_id);

alter table sessions add column proved_at timestamptz;         -- when they last showed who they are; null: when it began
alter table sessions add column from_address text not null default ''; -- where it began, as the throttle counts it
alter table sessions add column identity_id uuid;              -- it began at the provider; null: here
alter table sessions add column provider_session text not null default ''; -- as the provider names it
alter table sessions add column refresh bytea;                 -- sealed: asks the provider whether it still vouches for them; null: it gives nothing to ask with
alter table sessions add column asked_at timestamptz;          -- when the provider was last asked
alter table sessions add column vouched_at timestamptz;        -- when it last said yes
create index sessions_by_identity on sessions (company_id, identity_id) where identity_id is not null;
