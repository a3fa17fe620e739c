-- +goose Up

-- What a customer wrote that may ask for no more texts, until one of the staff has
-- said whether it does: no automatic text goes to their phone meanwhile.
alter table standings
    add column near_refusal_at timestamptz,
    add column near_refusal_words text not null default '',
    add column near_refusal_event uuid;
