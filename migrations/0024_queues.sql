-- +goose Up

-- Which claim of a delivery is the last: only who made it may send.
alter table deliveries add column claims integer not null default 0;

-- By whose files and marks wait, so that companies and accounts take turns.
create index media_waiting on media (company_id, kind, account, due_at) where due_at is not null;
create index reads_waiting on reads (sender_id, due_at) where due_at is not null;
