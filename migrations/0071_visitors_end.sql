-- +goose Up

-- A browser's token of the web chat ends when it is not used for 90 days, and after a
-- year in any case.
alter table visitors add column ends_at timestamptz not null default now() + interval '90 days';
alter table visitor_tokens add column ends_at timestamptz not null default now() + interval '90 days';
