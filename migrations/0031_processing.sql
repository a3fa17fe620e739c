-- +goose Up

-- Since when the money of a payment is on its way (a bank debit); null: it is
-- not. Until it has come or failed, the request is neither over nor taken back.
alter table requests add column processing_since timestamptz;

-- What the customer's bank wants back: empty, open, won, lost.
alter table payments add column dispute text not null default '';
