-- +goose NO TRANSACTION
-- +goose Up

-- The newest of a team. All have a number above 0, by which nobody else names it.
drop index concurrently if exists messages_newest;
create index concurrently messages_newest on messages (company_id, team_id, id desc) where seq > 0 and author <> 'automation';
