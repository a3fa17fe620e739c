-- +goose Up

-- Opt-out words that a door has acknowledged and that are not handled yet, by
-- the addresses of who wrote them. They are in force already, and until one is
-- handled no standing says so. One whose handling was given up stays.
create table pending_stops (
    company_id uuid not null,
    team_id    uuid not null,
    address    text not null,
    event_id   uuid not null,
    primary key (company_id, event_id, address)
);
create index pending_stops_by_address on pending_stops (company_id, team_id, address);

-- How many opt-out, opt-in and help words of a contact were answered since: a
-- budget of their own, for two machines could keep it up for ever. The team's
-- stand in spend, as the span 'confirmation'.
alter table standings
    add column confirmations integer not null default 0,
    add column confirmations_since timestamptz;
