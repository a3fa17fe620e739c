-- +goose Up

-- When the provider last told that a refund came back: what it told of refunds
-- before is not true any more, in whatever order it comes.
alter table payments add column refund_failed_at timestamptz;
