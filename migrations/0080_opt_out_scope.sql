-- +goose Up
-- How far a STOP reaches that a customer writes: the sender they wrote it to, the
-- team, or the whole company. What was said before a change keeps its reach.
alter table companies
    add column opt_out_scope text not null default 'team' check (opt_out_scope in ('sender', 'team', 'company'));
comment on column sender_opt_outs.sender_id is 'The sender that is not to write any more; the id of the company: none of its senders is';
comment on column pending_stops.team_id is 'Where the STOP holds: the id of a team, of a sender or of the company';
