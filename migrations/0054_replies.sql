-- +goose Up

create table replies ( -- texts that a team's staff write again and again
    company_id uuid not null,
    id         uuid not null,
    team_id    uuid not null,
    title      text not null,
    text       text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, id)
);
create index replies_by_team on replies (company_id, team_id, title);
