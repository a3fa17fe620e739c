-- +goose Up

create table notes ( -- what the staff say to each other on a ticket; no customer ever gets it
    company_id uuid not null,
    id         uuid not null,
    team_id    uuid not null,
    contact_id uuid not null,
    ticket_id  uuid not null,
    staff_id   uuid, -- null: an API key
    who        text not null,
    text       text not null,
    at         timestamptz not null,
    primary key (company_id, id)
);
create index notes_by_ticket on notes (company_id, ticket_id, at);
create index notes_by_contact on notes (company_id, contact_id);
