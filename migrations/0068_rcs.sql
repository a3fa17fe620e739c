-- +goose Up
-- Whom customers write to by RCS leads to one sender.
create unique index senders_by_agent on senders (account, (settings ->> 'rcs_agent')) where settings ->> 'rcs_agent' <> '';
