-- +goose Up

-- Who was erased. What counts in the figures of past weeks goes on naming the
-- person by the id that the contact had, and says nothing else of them.
create table erasures (
    company_id uuid not null,
    person     uuid not null,
    addresses  text[] not null default '{}', -- by which late callbacks are found; empty when due_at is null
    teams      uuid[] not null default '{}', -- who had met them
    who        text not null,
    at         timestamptz not null,
    due_at     timestamptz, -- when what came late is erased as well; null: it was
    primary key (company_id, person)
);
create index erasures_due on erasures (due_at) where due_at is not null;

create table erased_files ( -- what is still to be deleted, in our own store and at providers
    company_id uuid not null,
    id         uuid not null,
    person     uuid not null,
    name       text not null default '', -- in our own store; empty: it lies at a provider
    kind       text not null default '', -- of the sender: which provider
    account    text not null default '',
    source     jsonb,                    -- channels.Media: where it lies at the provider
    attempts   integer not null default 0,
    due_at     timestamptz,              -- null: given up, see error
    error      text not null default '',
    primary key (company_id, id)
);
create index erased_files_due on erased_files (due_at) where due_at is not null;

-- Who was opted out when they were erased, by a digest of each of their
-- addresses: a STOP holds although nobody knows any more whose it was.
create table erased_opt_outs (
    company_id   uuid not null,
    digest       bytea not null,
    team_id      uuid not null,
    sender_id    uuid, -- set: of this sender alone
    opted_out_at timestamptz not null,
    person       uuid not null, -- as whom the consents hold the evidence
    unique nulls not distinct (company_id, digest, team_id, sender_id)
);

create table erasure_salts ( -- so that the same number has another digest at another company
    company_id uuid primary key,
    salt       bytea not null
);

-- +goose StatementBegin
create function erased_digest(company uuid, address text) returns bytea language sql stable as $$
    select sha256(salt || convert_to(address, 'UTF8')) from erasure_salts where company_id = company
$$;

-- Whatever gives somebody an address, or lets a team meet them, is followed by
-- this: of people whose number was erased it is the number that is opted out.
create function erased_opt_outs_hold() returns trigger language plpgsql as $$
begin
    if not exists (select from erasure_salts where company_id = new.company_id) then
        return null;
    end if;
    with known as (
        select o.* from addresses a
        join erased_opt_outs o on o.company_id = a.company_id and o.digest = erased_digest(a.company_id, a.address)
        where a.company_id = new.company_id and a.contact_id = new.contact_id
    ), held as (
        update standings s set opted_out_at = o.opted_out_at
        from (select team_id, min(opted_out_at) as opted_out_at from known where sender_id is null group by team_id) o
        where s.company_id = new.company_id and s.team_id = o.team_id and s.contact_id = new.contact_id and s.opted_out_at is null
        returning s.team_id
    ), one_sender as (
        insert into sender_opt_outs (company_id, sender_id, contact_id, at)
        select company_id, sender_id, new.contact_id, min(opted_out_at) from known where sender_id is not null group by company_id, sender_id
        on conflict do nothing
    )
    insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at)
    select new.company_id, gen_random_uuid(), team_id, new.contact_id, true, 'erased', '', now() from held;
    return null;
end
$$;
-- +goose StatementEnd

create trigger addresses_erased after insert on addresses for each row execute function erased_opt_outs_hold();
create trigger standings_erased after insert on standings for each row execute function erased_opt_outs_hold();

-- What is about one customer is found by who they are: what providers told by
-- their address, what we told ourselves and others by their id.
create index events_by_customer on events (company_id, (payload ->> 'Theirs')) where payload ->> 'Theirs' is not null;
create index events_by_contact on events (company_id, (payload -> 'ask' ->> 'contact')) where payload -> 'ask' ->> 'contact' is not null;
create index strays_by_customer on strays ((payload ->> 'Theirs')) where payload ->> 'Theirs' is not null;
create index hook_deliveries_by_contact on hook_deliveries (company_id, (payload -> 'data' ->> 'contact'));
create index notices_by_ticket on notices (company_id, ticket_id) where ticket_id is not null;
create index messages_by_file on messages using gin (media jsonb_path_ops) where author <> 'customer' and media <> '[]';
create index requests_by_file on requests using gin (attachments jsonb_path_ops) where attachments <> '[]';
create index deliveries_to_staff on deliveries (company_id, id) where staff_id is not null;
