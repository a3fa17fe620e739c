-- +goose Up

-- What the provider last said when it was asked whether it brings here what happens at
-- a number; one row a sender.
create table sender_checks (
    company_id uuid not null,
    sender_id  uuid not null,
    at         timestamptz not null,
    fault      text not null default '',    -- why it could not be asked, in a word
    findings   jsonb not null default '[]', -- channels.WiringFinding
    primary key (company_id, sender_id)
);

-- When somebody put the team's first steps away; null: nobody did.
alter table teams add column first_steps_away_at timestamptz;
