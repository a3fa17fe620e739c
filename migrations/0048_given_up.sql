-- +goose NO TRANSACTION
-- +goose Up

-- Set: handling failed again and again, and nobody will handle it unless
-- somebody says so. Its fault says why.
alter table events add column if not exists given_up_at timestamptz;
drop index concurrently if exists events_given_up;
create index concurrently events_given_up on events (company_id, id desc) where given_up_at is not null;
