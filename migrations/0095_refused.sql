-- +goose NO TRANSACTION
-- +goose Up

-- What somebody was refused for lack of rights is in the audit once a minute for each of
-- them and each kind of thing, however often they ask: nobody fills the disk by asking.
drop index concurrently if exists history_refused_once;
create unique index concurrently history_refused_once
    on history (company_id, (after ->> 'by'), subject, date_trunc('minute', at at time zone 'UTC')) where what = 'refused';

-- They are read by themselves, and are few among all that happened.
drop index concurrently if exists history_of_refusals;
create index concurrently history_of_refusals on history (company_id, id desc) where what = 'refused';
