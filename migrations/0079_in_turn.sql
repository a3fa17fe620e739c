-- +goose NO TRANSACTION
-- +goose Up

-- What was put off after a fault, which whatever the same person wrote later waits for.
drop index concurrently if exists events_put_off;
create index concurrently events_put_off on events (team_id, (payload ->> 'Theirs'), seq) where handled_at is null and fault is not null;
