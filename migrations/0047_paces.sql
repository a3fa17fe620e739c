-- +goose NO TRANSACTION
-- +goose Up

-- How many messages a second the carriers take from a sender is held over all
-- replicas: tat is when the next one is due, were they sent evenly ("theoretical
-- arrival time" of the generic cell rate algorithm, ITU-T I.371). It has no
-- foreign key: what waits of a sender that was taken away goes out at a pace too.
create table if not exists paces (
    sender_id uuid primary key,
    tat       timestamptz not null
) with (fillfactor = 50);

-- Null is a sender that the previous version made: see deliveries.claim.
alter table senders add column if not exists per_second double precision;
update senders set per_second = case
    when (settings->>'messages_per_second')::float > 0 then (settings->>'messages_per_second')::float
    when kind in ('whatsapp_cloud', 'whatsapp_twilio', 'webchat') then 80
    when address ~ '^[0-9]{3,8}$' then 100
    when address ~ '^\+1(800|833|844|855|866|877|888)' then 3
    else 1 end
where per_second is null;

-- What was tried already goes first (0), then what somebody waits for (1), then
-- what was put off to a decent hour together with others (2). Cost is what it
-- counts for in the sender's pace: the segments of an SMS.
alter table deliveries add column if not exists priority smallint not null default 1;
alter table deliveries add column if not exists cost smallint not null default 1;

drop index concurrently if exists deliveries_turn;
create index concurrently deliveries_turn on deliveries (sender_id, priority, due_at, seq) where due_at is not null;
drop index concurrently if exists deliveries_due;

-- What is before a message to the same person. Its condition is said in other
-- words, so that Postgres does not take it for a way through a sender's queue.
drop index concurrently if exists deliveries_person;
create index concurrently deliveries_person on deliveries (sender_id, to_address, seq) where coalesce(due_at, 'infinity') < 'infinity';
drop index concurrently if exists deliveries_lane;
