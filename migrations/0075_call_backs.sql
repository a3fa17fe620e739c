-- +goose Up
-- A call that one of the staff made from a ticket: the customer is its caller all the
-- same, advisor is who made it. A replica of the previous version writes none of these.
alter table calls add column outgoing boolean not null default false;
alter table calls add column who text not null default ''; -- the name of who made it
create index calls_under_way on calls (company_id, advisor) where outgoing and settled_at is null;

-- How long a recording is, as the provider said; null: it did not, or it is none.
alter table media add column seconds integer;
