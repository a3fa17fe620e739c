-- +goose NO TRANSACTION
-- +goose Up

-- When an advisor last wrote to a contact: among all that was said to them it was looked
-- for one by one, or among all that all advisors had ever said.
drop index concurrently if exists messages_of_advisors;
create index concurrently messages_of_advisors on messages (company_id, team_id, contact_id, at desc) where author = 'advisor';
