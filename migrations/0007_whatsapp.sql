-- +goose Up

-- At Meta a number is an account: what is told of it has one sender to go to.
create unique index senders_by_number on senders (account) where kind = 'whatsapp_cloud';
