-- +goose Up

create table sign_in_known ( -- from where somebody has signed in before: a network or a browser
    key     bytea primary key, -- sha256 of it with the e-mail address: where people are is not kept
    seen_at timestamptz not null
);
create index sign_in_known_by_age on sign_in_known (seen_at);

alter table api_keys add column made_by text not null default '';  -- who made it, as the history names them
alter table api_keys add column staff_id uuid;                     -- and their id: it works as long as they do; null: a key made it
alter table api_keys add column used_at timestamptz;               -- when it was last used, to the minute
alter table api_keys add column expires_at timestamptz;            -- null: it has no end
