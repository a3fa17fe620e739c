-- +goose Up
-- What a team's customers pay in where a payment request does not say; empty: it has to.
alter table teams add column currency text not null default '';
