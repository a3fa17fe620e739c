-- +goose Up

-- A ticket that an app creates names one of the customer's numbers. That is where they
-- are answered, until they are heard elsewhere.
alter table tickets add column given_address text;
