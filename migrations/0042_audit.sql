-- +goose Up

-- From where somebody did what the history tells: their network's address as
-- the throttle counts it. Empty: the gateway itself, a command on its machine,
-- or a version that did not say.
alter table history add column from_address text not null default '';
create index history_by_time on history (company_id, at);
create index history_by_who on history (company_id, lower(who), id desc);

-- Lines are written, and never written over.
-- +goose StatementBegin
create function history_stays() returns trigger language plpgsql as $$
begin
    raise exception 'the history is append-only' using errcode = 'restrict_violation';
end
$$;
-- +goose StatementEnd

create trigger history_append_only before update or delete on history for each row execute function history_stays();
create trigger history_not_emptied before truncate on history for each statement execute function history_stays();
