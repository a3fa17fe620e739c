-- +goose NO TRANSACTION
-- +goose Up

-- Words of voicemails that were put down in writing, see gateway/messages/search.go, which
-- says the same: as messages_by_words, with whose they are and of which week.
drop index concurrently if exists media_by_words;
create index concurrently media_by_words on media using gin ((array_to_tsvector(array[company_id::text, team_id::text,
    'w' || floor(extract(epoch from created_at at time zone 'UTC') / 604800)::integer::text]) || to_tsvector('simple'::regconfig, transcript)))
where transcript <> '';
