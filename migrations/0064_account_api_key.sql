-- +goose Up

-- What an account's provider is called with in place of its secret, sealed; null: nothing.
alter table accounts add column api_key bytea;
