-- +goose Up

-- When the payment provider is asked what became of a checkout, because nothing was
-- heard of it; null: what there is to know is known.
alter table payments add column ask_at timestamptz, add column asks integer not null default 0;
create index payments_to_ask on payments (ask_at) where ask_at is not null;

-- Those of the last weeks whose news may have got lost.
update payments set ask_at = greatest(expires_at, now()) + interval '10 minutes'
where checkout <> '' and state in ('open', 'failed', 'processing') and expires_at > now() - interval '30 days';
