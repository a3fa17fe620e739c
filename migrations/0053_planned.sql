-- +goose Up

create table planned ( -- what an advisor wrote, to go out later
    company_id  uuid not null,
    id          uuid not null,
    team_id     uuid not null,
    contact_id  uuid not null,
    ticket_id   uuid not null,
    staff_id    uuid, -- null: an API key
    who         text not null,
    text        text not null,
    attachments jsonb not null default '[]', -- ids of media
    send_at     timestamptz not null,
    state       text not null default 'planned', -- sent, canceled, refused
    reason      text not null default '', -- of one that was refused: why, in a stable word
    message_id  uuid, -- of one that was sent: what stands on the timeline for it
    ended_at    timestamptz,
    created_at  timestamptz not null,
    primary key (company_id, id)
);
create index planned_by_ticket on planned (company_id, ticket_id, created_at);
create index planned_by_contact on planned (company_id, contact_id);
