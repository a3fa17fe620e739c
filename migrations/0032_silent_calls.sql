-- +goose Up

-- When the provider is asked what a call of a team's own phone system is doing,
-- of which nothing was told for a while; null: it is not asked (any more).
alter table calls add column ask_at timestamptz, add column asks integer not null default 0;
create index calls_silent on calls (ask_at) where ask_at is not null;
