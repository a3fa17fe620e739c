-- +goose Up

-- How far the staff have read what somebody wrote to a sender, for a provider
-- that shows it to them. One row for each conversation, however long it gets.
create table reads (
    company_id  uuid not null,
    sender_id   uuid not null,
    contact_id  uuid not null,
    seq         bigint not null,  -- of the message
    provider_id text not null,    -- of the message
    due_at      timestamptz,      -- null: the provider was told, or it was given up
    attempts    integer not null default 0,
    fault       text not null default '',
    primary key (company_id, sender_id, contact_id)
);
create index reads_due on reads (due_at) where due_at is not null;
