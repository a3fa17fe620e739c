-- +goose NO TRANSACTION
-- +goose Up

-- All that a report asks of a row stands in the index that it is found by, so that the
-- rows themselves are not read: a month of a busy team was read from all over the disk.
-- Each takes the place of one that went before it, but for the last two, which are of
-- few rows.
drop index concurrently if exists decisions_counted_sent;
create index concurrently decisions_counted_sent on decisions (company_id, team_id, at) include (automation, contact_id, ticket_id, delivery_id)
    where outcome = 'sent' and automation is not null;
drop index concurrently if exists decisions_counted_after_hours;
create index concurrently decisions_counted_after_hours on decisions (company_id, team_id, at)
    where event_kind = 'message' and facts ->> 'open' = 'false';
drop index concurrently if exists decisions_counted;

drop index concurrently if exists messages_of_contacts;
create index concurrently messages_of_contacts on messages (company_id, team_id, contact_id, at desc, seq desc) include (author);
drop index concurrently if exists messages_by_contact;

drop index concurrently if exists calls_counted;
create index concurrently calls_counted on calls (company_id, team_id, started_at) include (outcome, contact_id, ended_at, sid)
    where settled_at is not null and not outgoing;
drop index concurrently if exists calls_by_start;

drop index concurrently if exists tickets_counted;
create index concurrently tickets_counted on tickets (company_id, team_id, opened_at) include (id) where kind <> 'call';
drop index concurrently if exists tickets_by_opening;

-- Who answered a question on its page, and who opted out, in a range of time.
drop index concurrently if exists requests_answered;
create index concurrently requests_answered on requests (company_id, team_id, answered_at) include (contact_id, ticket_id) where answered_at is not null;
drop index concurrently if exists consents_opted_out;
create index concurrently consents_opted_out on consents (company_id, team_id, at) include (contact_id) where opted_out;

-- A row that vacuum has not been at is read after all. It comes by itself when a fifth of
-- the table is new, which of ten million messages is what half a year wrote.
alter table messages set (autovacuum_vacuum_insert_scale_factor = 0.02);
alter table decisions set (autovacuum_vacuum_insert_scale_factor = 0.02);
