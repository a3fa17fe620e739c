-- +goose NO TRANSACTION
-- +goose Up
-- How WhatsApp templates stand at the provider, as its webhooks, its refusals and its
-- answers say. One of which nothing is known is taken for approved.
create table if not exists template_states (
    company_id uuid not null,
    account text not null, -- whose they are: a WhatsApp business account; where it is not known a phone number id; at Twilio its account, empty: the server's
    name text not null, -- Meta's, or Twilio's ContentSid
    language text not null, -- as Meta writes it; empty: Twilio's have none
    state text not null, -- the provider's word in small letters: approved, paused, rejected, disabled …
    reason text not null default '', -- the provider's, in its words
    at timestamptz not null, -- when that was so
    ask_at timestamptz, -- when the provider is asked next; null: it goes out, and nobody need ask
    primary key (company_id, account, name, language)
);
create index if not exists template_states_by_ask on template_states (ask_at) where ask_at is not null;

-- What Meta tells of a business account concerns each of its numbers.
drop index concurrently if exists senders_by_business;
create index concurrently senders_by_business on senders ((settings ->> 'business_account_id')) where settings ->> 'business_account_id' <> '';

-- What providers told of a sender that asked for nothing, which is shown beside it.
drop index concurrently if exists events_noted;
create index concurrently events_noted on events (company_id, sender_id, id desc) where kind = 'note';
