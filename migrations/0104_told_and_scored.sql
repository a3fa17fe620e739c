-- +goose NO TRANSACTION
-- +goose Up

-- What the staff were told of a payment and no state of it remembers: refunds that came
-- back, by the provider's event, and money that was not asked for, by what and how much.
alter table payments add column if not exists told text[] not null default '{}';

-- The form by which a customer sent photos, as their page named it: the same form again
-- is the same answer.
alter table requests add column if not exists form text not null default '';

-- What one of the staff sends to an address that an earlier text did not reach: if it
-- arrives, the address is reached again.
alter table deliveries add column if not exists tried_again boolean not null default false;

-- What a rating comes to, beside the row's answer and in the index by which ratings are
-- counted: their average read each answer from the table. The version before writes
-- answers alone, so the table sees to it.
alter table requests add column if not exists score smallint;
-- +goose StatementBegin
create or replace function requests_score() returns trigger language plpgsql as $$
begin
    new.score := (new.answer ->> 'score')::smallint;
    return new;
end $$;
-- +goose StatementEnd
create or replace trigger requests_scored before insert or update of answer on requests for each row when (new.kind = 'rating') execute function requests_score();
-- +goose StatementBegin
do $$
begin
    loop
        update requests set score = (answer ->> 'score')::smallint where ctid = any(array(
            select ctid from requests where kind = 'rating' and state = 'answered' and score is null and answer ->> 'score' is not null
            limit 5000 for update));
        exit when not found;
        commit; -- a customer who answers meanwhile waits for a few thousand rows, not for all
    end loop;
end $$;
-- +goose StatementEnd
drop index concurrently if exists requests_scores;
create index concurrently requests_scores on requests (company_id, team_id, answered_at desc) include (advisor, score) where kind = 'rating' and state = 'answered';
drop index concurrently if exists requests_rated;
