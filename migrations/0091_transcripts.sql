-- +goose NO TRANSACTION
-- +goose Up

-- What a recording of a call says, as a server of the operator's heard it. due is when
-- that is asked, null: never or not again. It stands with its file, so that whatever
-- takes the file takes it along.
alter table media
    add column if not exists transcript          text not null default '',
    add column if not exists transcript_due_at   timestamptz,
    add column if not exists transcript_attempts integer not null default 0;
drop index concurrently if exists media_transcript_due;
create index concurrently media_transcript_due on media (company_id, transcript_due_at) where transcript_due_at is not null;
