-- +goose Up

-- How many days what kind of thing is kept; what is not there is kept for ever.
create table retention (
    company_id uuid primary key references companies,
    days       jsonb not null, -- retention.Days
    updated_at timestamptz not null default now()
);

-- How far each walk over a table has come, which looks for what is too old.
create table retention_walks (
    company_id uuid not null,
    sweep      text not null,
    reached    uuid not null, -- the last that was looked at
    ended_at   timestamptz,   -- null: under way
    primary key (company_id, sweep)
);
