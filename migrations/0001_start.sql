-- +goose Up
create table start (at timestamptz not null default now());
