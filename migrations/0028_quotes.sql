-- +goose Up

-- What a message of ours asks for: a reply that quotes it answers that request
-- and no other.
alter table deliveries add column request_id uuid;

-- The requests of which a customer's message may answer one, where nobody could
-- say which: one of the staff does.
alter table messages add column may_answer uuid[] not null default '{}';
