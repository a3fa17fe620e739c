-- +goose Up

alter table sessions add column device text not null default ''; -- what its browser calls itself, for its owner to recognize
create index staff_by_team on staff using gin (teams);
create index requests_rated_by_id on requests (company_id, team_id, id desc) where kind = 'rating' and state = 'answered';
