-- +goose NO TRANSACTION
-- +goose Up

-- Words of messages, see gateway/messages/search.go, which says the same: beside the words stand whose the
-- message is and the week it is of, so that a word that many write is looked for
-- where it matters. What the gateway wrote by itself is not looked for.
drop index concurrently if exists messages_by_words;
create index concurrently messages_by_words on messages using gin ((array_to_tsvector(array[company_id::text, team_id::text,
    'w' || floor(extract(epoch from at at time zone 'UTC') / 604800)::integer::text]) || to_tsvector('simple'::regconfig, text)))
where author <> 'automation';

-- What a name is found by although a letter is wrong, missing, or too much: each
-- of its words, and each again without one of its letters. Two words that are one
-- typo apart share one of these. It needs no extension, which an ordinary role may
-- not be allowed to create, and finds few rows where trigrams find many.
create or replace function name_keys(name text) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(distinct key), '{}') from (
        select left(word, 24) as word from regexp_split_to_table(lower(name), '[^[:alnum:]]+') word where length(word) >= 4 limit 6) words
    cross join lateral (select word as key union all select overlay(word placing '' from n for 1) from generate_series(1, length(word)) n) keys
$$;
drop index concurrently if exists contacts_by_typo;
create index concurrently contacts_by_typo on contacts using gin (name_keys(name));

-- A number as people know it, without what it begins with abroad.
drop index concurrently if exists addresses_by_end;
create index concurrently addresses_by_end on addresses (company_id, reverse(address) text_pattern_ops);
drop index concurrently if exists standings_by_contact;
create index concurrently standings_by_contact on standings (company_id, contact_id);
