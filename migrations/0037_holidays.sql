-- +goose Up

create table holidays (
    company_id    uuid not null references companies,
    id            uuid not null,
    team_id       uuid,                        -- null: of the whole company
    title         text not null,
    from_day      date,                        -- whole days on the clock of each team; null: a calendar's alone
    to_day        date,                        -- the last one, which counts
    messages      jsonb not null default '{}', -- by automation: what is said in place of the usual text
    feed          text,                        -- the address of a calendar that is read again and again
    days          jsonb not null default '[]', -- what it said when it could be read last
    fetched_at    timestamptz,                 -- when that was
    failing_since timestamptz,                 -- since when it cannot be read; null: it can
    fault         text not null default '',    -- and why not
    status        integer not null default 0,
    due_at        timestamptz,                 -- when it is read next
    attempts      integer not null default 0,  -- raised by each claim: who has the last number has the calendar
    created_at    timestamptz not null default clock_timestamp(),
    updated_at    timestamptz not null default now(),
    primary key (company_id, id),
    foreign key (company_id, team_id) references teams on delete cascade
);
create index holidays_by_team on holidays (company_id, team_id, id);
create index holidays_due on holidays (due_at) where due_at is not null;
