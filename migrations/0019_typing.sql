-- +goose Up

-- When an advisor was last writing to somebody in a web chat, for their browser to show.
alter table visitors add column advisor_at timestamptz;
