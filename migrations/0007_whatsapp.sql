-- +goose Up

-- At Meta a number is an account: what is told of it has one sender to go to.
create unique index senders_by_number on senders (account) where kind = 'whatsapp_cloud';

-- What a message is when it is more or less than a text, and which other one it
-- is about: a reaction opens no 24 hours, and an edit belongs beside its text.
alter table messages add column kind text not null default '', add column about text not null default '';

alter table deliveries
    add column template jsonb,    -- channels.Template: this goes out instead of the text
    add column choices jsonb,     -- channels.Choice: what can be tapped
    add column fallback_id uuid,  -- the one that went another way, after the provider's last word on this
    add column paced_at timestamptz; -- on WhatsApp, before when it may not go: one message in six seconds to one person
create index deliveries_paced on deliveries (sender_id, to_address, paced_at) where paced_at is not null;
create index deliveries_pair on deliveries (sender_id, to_address, tried_at)
    where tried_at is not null and kind in ('whatsapp_cloud', 'whatsapp_twilio');
