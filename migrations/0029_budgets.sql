-- +goose Up

-- When a decision was made, or given its last word: what was put off over night
-- counts in the morning in which it goes out. Null: it is older than this column.
-- The previous version leaves it to the default.
alter table decisions add column decided_at timestamptz;
alter table decisions alter column decided_at set default now();
create index decisions_spent on decisions (company_id, contact_id, decided_at)
    where outcome = 'sent' and automation is not null;

-- One person's budget over all teams of the company, beside that of each team.
alter table companies
    add column contact_per_hour integer not null default 10,
    add column contact_per_day integer not null default 30;
