-- +goose Up
-- Whether new tickets go to the team's advisors in turn, and how many open ones a person
-- has then at most; 0: there is no limit.
alter table teams
    add column assign_in_turn boolean not null default false,
    add column open_tickets_per_advisor int not null default 0;

-- Who got a ticket in turn, the one whose last is the newest behind the others. The row
-- is locked by whoever gives one away, so that two replicas never give to the same
-- person because each has not seen the other.
create table assignment_turns (
    company_id uuid not null,
    team_id uuid not null,
    served uuid[] not null default '{}', -- ids of the staff
    primary key (company_id, team_id)
);
