-- +goose NO TRANSACTION
-- +goose Up

-- What the staff did to a contact, such as a block, on the contact's timeline.
drop index concurrently if exists history_of_contacts;
create index concurrently history_of_contacts on history (company_id, subject, at desc) where what = 'contact';
