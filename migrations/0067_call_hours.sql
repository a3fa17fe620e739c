-- +goose Up
-- The hours of calls that WhatsApp numbers have at Meta, of those that follow
-- their team's ring schedules. claims is the number of the last lease: a save
-- raises it, so that whoever told Meta of the schedules before does not note it
-- as the last word.
create table call_hours (
    company_id uuid not null,
    sender_id  uuid not null,
    team_id    uuid not null,
    due_at     timestamptz not null default now(), -- Meta is told or asked
    claims     integer not null default 0,
    failures   integer not null default 0, -- in a row
    fault      text not null default '',   -- what Meta said last in place of taking them
    wanted     jsonb,                      -- channels.CallHours that Meta took
    told       jsonb,                      -- and those that it says it has
    pushed_at  timestamptz,
    asked_at   timestamptz,
    primary key (company_id, sender_id)
);
create index call_hours_due on call_hours (due_at);
create index call_hours_of_team on call_hours (company_id, team_id);
