-- +goose Up

-- What nobody came back to is found by its age.
create index uploads_by_age on uploads (created_at);
create index media_loose on media (created_at) where message_id is null and origin is null and who = '';
