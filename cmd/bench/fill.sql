-- What customers leave behind whose numbers are $4: a ticket each, closed a day after it
-- was opened if $8, and ten texts with what each led to, 54 rows in all. The first came
-- between $5 days ago and $6 days after that, the others $7 days apart. Tickets are
-- numbered from $9 on.
-- The ids tell the time, as those of the gateway do, so that rows lie in the tables
-- as if they had come one by one.
with customer as materialized (
    select n, gen_random_uuid() as id, gen_random_uuid() as ticket, address, now() - ($5::float - random() * $6::float) * interval '1 day' as met
    from unnest($4::text[]) with ordinality as c (address, n)
), moment as materialized (
    select c.*, at, id_at(at) as event, id_at(at) as decision, id_at(at) as delivery
    from customer c, generate_series(1, 10) as nth, lateral (select met + nth * $7::float * interval '1 day' as at) as moment
), contact as (
    insert into contacts (company_id, id, name) select $1, id, 'Ann' from customer
), address as (
    insert into addresses (company_id, kind, address, contact_id) select $1, 'phone', address, id from customer
), standing as (
    insert into standings (company_id, team_id, contact_id) select $1, $2, id from customer
), ticket as (
    insert into tickets (company_id, id, team_id, contact_id, sender_id, number, kind, status, opened_at, closed_at)
    select $1, ticket, $2, id, $3, $9::int + n, 'message', case when $8 then 'closed' else 'open' end, met, case when $8 then met + interval '1 day' end from customer
), event as (
    insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, handled_at, created_at, payload)
    select $1, event, $2, $3, 'message', 'SM' || replace(event::text, '-', ''), at, at, at, at, jsonb_build_object('Theirs', address) from moment
), decision as (
    insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, text, delivery_id, at, created_at, decided_at)
    select $1, decision, $2, id, ticket, event, 'message', 'SM' || replace(event::text, '-', ''), 'after_hours_text', 'sent', 'sent', '{}', 'We are closed.', delivery, at, at, at from moment
), delivery as (
    insert into deliveries (company_id, id, team_id, contact_id, ticket_id, decision_id, sender_id, kind, account, from_address, to_address, text, state, provider_id, segments, attempts, sent_at, created_at, updated_at)
    select $1, delivery, $2, id, ticket, decision, $3, 'sms', '', '+13125550100', address, 'We are closed. We will write as soon as we are back.', 'delivered', 'SM' || replace(delivery::text, '-', ''), 1, 1, at, at, at from moment
)
insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, event_id, delivery_id, at)
select $1, id_at(at), $2, id, ticket, $3, author, case author when 'customer' then 'Are you open on Saturday? The pump is leaking again, number ' || n else 'We are closed. We will write as soon as we are back.' end,
    case author when 'customer' then event end, case author when 'automation' then delivery end, at
from moment, unnest('{customer,automation}'::text[]) as author
