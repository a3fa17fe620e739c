-- +goose Up

-- The session that a browser was added in: whoever signs out there is told
-- nothing there any more.
alter table push_devices add column session_id uuid;
