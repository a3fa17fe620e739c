-- +goose Up

-- What the staff were told of a payment and no state of it remembers: refunds that came
-- back, by the provider's event, and money that was not asked for, by what and how much.
alter table payments add column told text[] not null default '{}';

-- The form by which a customer sent photos, as their page named it: the same form again
-- is the same answer.
alter table requests add column form text not null default '';

-- What one of the staff sends to an address that an earlier text did not reach: if it
-- arrives, the address is reached again.
alter table deliveries add column tried_again boolean not null default false;
