-- +goose NO TRANSACTION
-- +goose Up

-- What lists of tickets are read by. Null is a ticket on which nothing was said
-- since this step, or that the previous version opened: what is not known is
-- when it was opened.
alter table tickets
    add column if not exists active_at timestamptz,     -- the customer or an advisor was last heard
    add column if not exists waiting_since timestamptz, -- the customer waits for us since then; null: they do not
    add column if not exists heard integer not null default 0, -- how often the customer was heard: see ticket_reads
    add column if not exists snoozed_until timestamptz; -- nobody wants to see it before

update tickets t set active_at = m.at, waiting_since = case when m.author = 'customer' then m.at end
from tickets o left join lateral (select author, at from messages m
    where m.company_id = o.company_id and m.ticket_id = o.id and m.author <> 'automation' order by seq desc limit 1) m on true
where o.status = 'open' and o.active_at is null and m.at is not null and t.company_id = o.company_id and t.id = o.id;
update tickets set waiting_since = opened_at where status = 'open' and active_at is null and waiting_since is null and kind <> 'call';

-- What the gateway itself asks must not be able to take these for better ones: each
-- is of those with a number, which is all of them, and which lists alone ask for.
drop index concurrently if exists tickets_by_activity;
create index concurrently tickets_by_activity on tickets (company_id, team_id, coalesce(active_at, opened_at) desc, id desc) where number > 0;
drop index concurrently if exists tickets_unclosed;
create index concurrently tickets_unclosed on tickets (company_id, team_id, status, coalesce(active_at, opened_at) desc, id desc) where number > 0 and status <> 'closed';
drop index concurrently if exists tickets_waiting;
create index concurrently tickets_waiting on tickets (company_id, team_id, waiting_since, id) where waiting_since is not null;
drop index concurrently if exists tickets_by_assignee;
create index concurrently tickets_by_assignee on tickets (company_id, team_id, assignee, coalesce(active_at, opened_at) desc, id desc) where number > 0 and assignee is not null;
drop index concurrently if exists tickets_by_kind;
create index concurrently tickets_by_kind on tickets (company_id, team_id, kind, coalesce(active_at, opened_at) desc, id desc) where number > 0 and kind <> 'message';
drop index concurrently if exists tickets_by_sender;
create index concurrently tickets_by_sender on tickets (company_id, team_id, sender_id, coalesce(active_at, opened_at) desc, id desc) where number > 0;
drop index concurrently if exists tickets_snoozed;
create index concurrently tickets_snoozed on tickets (snoozed_until) where snoozed_until is not null;

create table if not exists labels ( -- by which a team sorts its tickets
    company_id uuid not null,
    id         uuid not null,
    team_id    uuid not null,
    name       text not null,
    created_at timestamptz not null default now(),
    primary key (company_id, id)
);
create unique index if not exists labels_of_team on labels (company_id, team_id, lower(name));

create table if not exists ticket_labels (
    company_id uuid not null,
    ticket_id  uuid not null,
    label_id   uuid not null,
    primary key (company_id, ticket_id, label_id)
);
create index if not exists ticket_labels_by_label on ticket_labels (company_id, label_id, ticket_id desc);

create table if not exists ticket_reads ( -- how much of a ticket somebody has read: what was heard up to then
    company_id uuid not null,
    staff_id   uuid not null,
    ticket_id  uuid not null,
    heard      integer not null,
    primary key (company_id, staff_id, ticket_id)
);
