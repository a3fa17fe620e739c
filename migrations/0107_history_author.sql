-- +goose NO TRANSACTION
-- +goose Up

-- Who of the staff did what a line tells, by their id. The name beside it is for people to
-- read: it may be changed, and two may have it. Null: a key, a command, the gateway itself,
-- or a version that did not say.
alter table history add column if not exists staff_id uuid;

drop index concurrently if exists history_by_staff;
create index concurrently history_by_staff on history (company_id, staff_id, id desc) where staff_id is not null;
