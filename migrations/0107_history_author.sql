-- +goose Up

-- Who of the staff did what a line tells, by their id. The name beside it is for people to
-- read: it may be changed, and two may have it. Null: a key, a command, the gateway itself,
-- or a version that did not say.
alter table history add column staff_id uuid;
