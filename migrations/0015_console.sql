-- +goose Up

alter table sessions add column device text not null default ''; -- what its browser calls itself, for its owner to recognize
create index staff_by_team on staff using gin (teams);
create index requests_rated_by_id on requests (company_id, team_id, id desc) where kind = 'rating' and state = 'answered';

-- Half of how soon a ticket was answered; the other half is the tickets'.
create index messages_by_advisors on messages (company_id, ticket_id, at) where author = 'advisor';
create index calls_answered on calls (company_id, ticket_id, started_at) where outcome = 'answered';
