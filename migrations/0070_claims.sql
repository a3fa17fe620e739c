-- +goose Up

-- A ticket of the contact page's form belongs to somebody of whom nothing is
-- proven. What they say who they are is kept beside it: the contact who has that
-- number, and the number as they typed it. It stays until the staff say that both
-- are one person.
alter table tickets
    add column claimed_id uuid,
    add column claimed_address text;
create index tickets_by_claim on tickets (company_id, claimed_id) where claimed_id is not null;
