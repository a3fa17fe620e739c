-- +goose Up

-- Whether the team has met them: they wrote or called, or the staff wrote to them or
-- added them. A standing that is not so keeps what holds of their number (a STOP, a
-- budget) for somebody who typed it into a form, and shows nothing of them.
alter table standings add column met boolean not null default true;
