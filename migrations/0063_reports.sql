-- +goose NO TRANSACTION
-- +goose Up

-- What a segment of an SMS costs the company, for its reports.
alter table companies add column if not exists segment_price double precision not null default 0;
alter table companies add column if not exists currency text not null default '';

-- What reports count: a range of a team's decisions costs what lies in it.
drop index concurrently if exists decisions_counted;
create index concurrently decisions_counted on decisions (company_id, team_id, at)
    where outcome = 'sent' and automation is not null or event_kind = 'message' and facts ->> 'open' = 'false';
drop index concurrently if exists decisions_after_hours;
