-- +goose Up

-- When the payment provider is to be told that a checkout is over, because what
-- it was for was taken back; null: there is nothing to tell.
alter table payments add column close_at timestamptz, add column closes integer not null default 0;
create index payments_to_close on payments (close_at) where close_at is not null;
