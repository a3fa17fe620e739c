-- +goose Up

-- Of schedules that overlap, the one with the latest of these moments counts. Null: it is
-- when the schedule was made, so that a new one counts first. Whoever puts them in another
-- order deals the moments of all of a team's schedules out among them anew. A version that
-- does not know of it goes by when they were made.
alter table schedules add column if not exists ranked_at timestamptz;
