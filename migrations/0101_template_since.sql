-- +goose Up

-- A provider that says again how a template stands says nothing new: since when it stands
-- so is another moment than when that was last said. Null: the same, as a process of the
-- version before wrote it.
alter table template_states add column since timestamptz;
