-- +goose Up
-- The kind of the sender that was called: a call by WhatsApp is answered there.
-- A replica of the previous version writes none of these.
alter table calls add column kind text not null default 'voice';
