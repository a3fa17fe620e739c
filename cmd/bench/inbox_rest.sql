-- What follows from the tickets and messages that an inbox was filled with.

-- each message of a customer's is decided about: the first of a ticket is answered
insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, text, delivery_id, at, created_at, decided_at)
select company_id, event_id, team_id, contact_id, ticket_id, event_id, 'message', 'SM' || replace(event_id::text, '-', ''),
    case when first then (array['after_hours_text', 'customer_first_chat', 'customer_call_missed'])[1 + chance % 3] end,
    case when first then 'sent' else 'skipped' end, case when first then 'sent' when chance % 20 = 0 then 'opted_out' else 'ticket_open' end,
    case when chance % 2 = 0 then '{"open": false}' else '{"open": true}' end::jsonb, case when first then 'We are closed. We will write as soon as we are back.' else '' end, delivery, at, at, at
from (select m.*, ('x' || right(m.id::text, 4))::bit(16)::int as chance, m.at = t.opened_at as first, case when m.at = t.opened_at then lead(delivery_id) over (order by seq) end as delivery
    from messages m join tickets t on t.company_id = m.company_id and t.id = m.ticket_id where m.author <> 'advisor') m
where author = 'customer' order by seq;

insert into deliveries (company_id, id, team_id, contact_id, ticket_id, sender_id, kind, account, from_address, to_address, text, state, error_code, provider_id, segments, attempts, sent_at, created_at, updated_at)
select m.company_id, delivery_id, m.team_id, m.contact_id, ticket_id, sender_id, 'sms', '', '+13125550100', a.address, text, case when seq % 200 = 0 then 'undelivered' else 'delivered' end,
    case when seq % 200 = 0 then '30003' else '' end, 'SM' || replace(delivery_id::text, '-', ''), 1, 1, at, at, at
from messages m join addresses a on a.company_id = m.company_id and a.contact_id = m.contact_id where author = 'automation' order by seq;

insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, status, seconds, ended_at, outcome, settled_at, kind)
select t.company_id, t.id, 'CA' || replace(t.id::text, '-', ''), team_id, sender_id, a.address, t.contact_id, t.id, opened_at, 'completed', 40, opened_at + interval '40 seconds',
    case t.kind when 'call' then 'answered' when 'voicemail' then 'voicemail' else 'missed' end, opened_at + interval '41 seconds', 'voice'
from tickets t join addresses a on a.company_id = t.company_id and a.contact_id = t.contact_id where t.kind in ('call', 'missed_call', 'voicemail') order by number;

-- each missed call is answered by a text
insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, text, at, created_at, decided_at)
select company_id, gen_random_uuid(), team_id, contact_id, ticket_id, gen_random_uuid(), 'call', sid, 'customer_call_missed', 'sent', 'sent', '{"open": true}', 'Sorry, we missed you.', ended_at, ended_at, ended_at
from calls where outcome = 'missed' order by started_at;

insert into media (company_id, id, team_id, contact_id, ticket_id, call_id, origin, state, content_type, size, transcript, created_at, stored_at, seconds)
select m.company_id, m.id, m.team_id, m.contact_id, m.ticket_id, m.ticket_id, 'call/' || m.ticket_id || '/RE1', 'stored', 'audio/wav', 300000, m.text, m.at, m.at, 30
from messages m join tickets t on t.company_id = m.company_id and t.id = m.ticket_id and t.kind = 'voicemail' and t.opened_at = m.at where m.author = 'customer' order by seq;

insert into ticket_changes (company_id, id, ticket_id, at, change, author) select company_id, id, id, opened_at, 'opened', 'customer' from tickets order by number;
insert into ticket_changes (company_id, id, ticket_id, at, change, who, author) select company_id, gen_random_uuid(), id, closed_at, 'closed', 'Ben', 'advisor' from tickets where closed_at is not null order by number;

insert into labels (company_id, id, team_id, name) select :company, md5('label' || n)::uuid, :team, 'Label ' || n from generate_series(1, 20) n;
insert into ticket_labels (company_id, ticket_id, label_id)
select company_id, id, md5('label' || l)::uuid from tickets, generate_series(1, 3) l
where team_id = :team and number % (array[3, 100, 10000])[l] = 0 order by number;

insert into ticket_reads (company_id, staff_id, ticket_id, heard)
select company_id, :reader, id, heard from tickets where team_id = :team and (status = 'closed' and number % 3 = 0 or status <> 'closed' and number % 50 > 0) order by number;

insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, state, token_hash, channel, asked_at, answered_at, expires_at, answer)
select company_id, id, team_id, contact_id, id, 'rating', 'answered', sha256(id::text::bytea), 'sms', closed_at, closed_at, closed_at, json_build_object('score', 1 + number % 5)
from tickets where number % 20 = 0 and closed_at is not null order by number;

insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at)
select company_id, id, team_id, contact_id, number % 4 > 0, 'message', case when number % 4 > 0 then 'STOP' else 'START' end, opened_at from tickets where number % 100 = 0 order by number
