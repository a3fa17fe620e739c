-- +goose Up

create table calls (
    company_id uuid not null,
    id         uuid not null,
    sid        text not null, -- the provider's id of the caller's leg
    team_id    uuid not null, -- whose flow it is in; a call-tree option may lead to another team
    sender_id  uuid not null, -- the number that was called
    caller     text not null, -- as the provider named it; may be withheld
    contact_id uuid,          -- set when the call is settled
    ticket_id  uuid,
    journal    jsonb not null default '[]', -- calls.Entry, in the order of arrival
    started_at timestamptz not null,        -- what open and closed are judged by
    status     text not null default '',    -- the provider's final status
    seconds    integer,
    ended_at   timestamptz,
    outcome    text not null default '',
    step       text not null default '',    -- where the caller gave up
    waited     integer not null default 0,  -- seconds
    advisor    uuid,                        -- who answered
    settled_at timestamptz,
    primary key (company_id, id),
    unique (company_id, sender_id, sid)
);
create index calls_by_contact on calls (company_id, team_id, contact_id, started_at desc);
create index calls_by_ticket on calls (company_id, ticket_id) where ticket_id is not null;
