-- +goose Up

alter table hooks
    add column former_secret bytea, -- sealed; signs too for a day after another took its place
    add column former_until  timestamptz;
create index hooks_former on hooks (former_until) where former_until is not null;
