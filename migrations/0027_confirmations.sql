-- +goose Up

-- How many opt-out, opt-in and help words of a contact were answered since: a
-- budget of their own, for two machines could keep it up for ever. The team's
-- stand in spend, as the span 'confirmation'.
alter table standings
    add column confirmations integer not null default 0,
    add column confirmations_since timestamptz;
