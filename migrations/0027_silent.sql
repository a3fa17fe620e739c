-- +goose Up

-- When a provider is asked what became of a message that it took and has said
-- nothing of since; null: it is not asked (any more).
alter table deliveries add column ask_at timestamptz;
create index deliveries_silent on deliveries (ask_at) where ask_at is not null;
