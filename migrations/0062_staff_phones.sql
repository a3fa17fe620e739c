-- +goose Up

-- Whether a message comes from one of the staff is asked of every message.
create index staff_by_phone on staff (company_id, phone) where active and phone <> '';
