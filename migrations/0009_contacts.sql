-- +goose Up

alter table consents add column who text not null default ''; -- who recorded it; empty: the gateway

create table contact_merges ( -- two contacts that turned out to be one person
    company_id uuid not null,
    from_id    uuid not null, -- is no more
    into_id    uuid not null,
    who        text not null,
    at         timestamptz not null,
    primary key (company_id, from_id)
);
create index contact_merges_by_survivor on contact_merges (company_id, into_id);

-- Searching by the beginning of a name, of a last name, of an address.
create index contacts_by_name on contacts (company_id, lower(name) text_pattern_ops);
create index contacts_by_last_name on contacts (company_id, lower(substring(name from '[^ ]*$')) text_pattern_ops);
create index addresses_by_beginning on addresses (company_id, address text_pattern_ops);

create index consents_by_team on consents (company_id, team_id, id desc);
create index deliveries_by_contact on deliveries (company_id, contact_id, id desc);
create index deliveries_by_error on deliveries (company_id, error_code, id desc) where error_code <> '';

-- How a team's week went. What the gateway itself asks must not be able to
-- take these for better ones: each is of a part.
create index calls_by_start on calls (company_id, team_id, started_at) where settled_at is not null;
create index tickets_by_opening on tickets (company_id, team_id, opened_at) where kind <> 'call';
create index decisions_after_hours on decisions (company_id, team_id, at) where event_kind = 'message' and facts ->> 'open' = 'false';

create table sender_health ( -- what was seen at the doors; written at most once a minute for each sender and process, but for failures
    company_id          uuid not null,
    sender_id           uuid not null,
    last_webhook_at     timestamptz,
    signature_failures  bigint not null default 0,
    signature_failed_at timestamptz,
    primary key (company_id, sender_id)
);
create index strays_by_account on strays (account, id desc);
