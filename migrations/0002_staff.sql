-- +goose Up

alter table teams add column voice jsonb not null default '{}'; -- settings.Voice; what is not there has its default

create table staff ( -- nobody is deleted: tickets and history go on naming them
    company_id uuid not null references companies,
    id         uuid not null,
    name       text not null,
    email      text not null,
    role       text not null,                  -- admin, manager, advisor
    phone      text not null default '',       -- E.164; empty: cannot be rung
    teams      uuid[] not null default '{}',   -- a company's staff are few: one list each is read as fast as a table between
    active     boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, id)
);
create unique index staff_by_email on staff (company_id, lower(email));
