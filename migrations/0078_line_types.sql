-- +goose Up
-- What line a phone number is, asked once: mobile, landline and the like, unknown
-- when the provider cannot tell; empty: nobody asked. lookup_at is when it is to be
-- asked, for the number that lookup_sender names.
alter table addresses
    add column line_type     text not null default '',
    add column lookup_at     timestamptz,
    add column lookup_sender uuid,
    add column lookup_tries  integer not null default 0;
create index addresses_lookups on addresses (lookup_at) where lookup_at is not null;
