-- +goose Up

alter table sessions add column device text not null default ''; -- what its browser calls itself, for its owner to recognize
create index staff_by_team on staff using gin (teams);
