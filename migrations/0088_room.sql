-- +goose Up

-- A ticket's first message changes it in the same transaction in which it was written.
-- With room beside it the new version stays on the page, and none of the ten indexes
-- gets a second entry.
alter table tickets set (fillfactor = 50);
