-- +goose Up

-- Whom of the staff a text is to. Its contact_id, where their id stood, is the
-- nil uuid: the previous version reads no null there.
alter table deliveries add column staff_id uuid;
update deliveries d set staff_id = d.contact_id, contact_id = '00000000-0000-0000-0000-000000000000'
from staff s where d.company_id = s.company_id and d.contact_id = s.id;

-- Who did it, by their id. The name beside it is for people to read. Null: not
-- one of the staff, or written by a version that did not say.
alter table messages add column staff_id uuid;
alter table ticket_changes add column staff_id uuid;
alter table requests add column staff_id uuid;
alter table consents add column staff_id uuid;

-- Whose doing it was: customer, gateway or advisor. Null: written by a version
-- that said it by the name alone.
alter table ticket_changes add column author text;
alter table requests add column author text;
