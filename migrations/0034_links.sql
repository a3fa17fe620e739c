-- +goose Up

-- A text that waits to go out holds a placeholder where the link of a
-- customer's page is to stand. A version that knows of none would send it as it
-- is: what it tries to claim of these stays, until one comes that fills them in
-- and says so with each claim.
alter table deliveries add column link_claims integer not null default 0;

-- +goose StatementBegin
create function leave_alone() returns trigger language plpgsql as $$
begin
    return null;
end
$$;
-- +goose StatementEnd

create trigger deliveries_links before update on deliveries for each row
    when (new.claims > old.claims and new.link_claims = old.link_claims and (new.text like '%/r:%' or new.template::text like '%/r:%'))
    execute function leave_alone();
