-- A company that has grown: $1 customers of one team, each with a closed
-- ticket, two messages, two decisions, a delivered reply and the event that led
-- to it. The first of them has five hundred times as much. Another team of the
-- company has as many decisions that nobody asks for.
create temporary table grown as
select n, md5('contact' || n)::uuid as contact, md5('ticket' || n)::uuid as ticket, md5('event' || n)::uuid as event,
    md5('delivery' || n)::uuid as delivery, 'SM' || md5('text' || n) as sid, now() - n * interval '1 second' - interval '1 day' as at,
    case when n = 1 then 1000 else 2 end as much
from generate_series(1, :customers) n;

update companies set last_ticket = last_ticket + :customers where id = :company;
insert into contacts (company_id, id, name) select :company, contact, 'Ann' from grown;
insert into addresses (company_id, kind, address, contact_id) select :company, 'phone', '+1312' || lpad(n::text, 7, '0'), contact from grown;
insert into standings (company_id, team_id, contact_id) select :company, :team, contact from grown;
insert into tickets (company_id, id, team_id, contact_id, sender_id, number, kind, status, opened_at, closed_at, waiting_since, assignee, heard)
select :company, ticket, :team, contact, :sender, n, case when n % 200 = 0 then 'voicemail' else 'message' end, case when n % 100 = 0 then 'open' else 'closed' end, at, at,
    case when n % 200 = 0 then at end, case when n % 300 = 0 then md5('staff20')::uuid end, 1 from grown;
insert into labels (company_id, id, team_id, name) select :company, md5('label' || n)::uuid, :team, 'Label ' || n from generate_series(1, 20) n;
insert into ticket_labels (company_id, ticket_id, label_id) select :company, ticket, md5('label' || l)::uuid from grown, generate_series(1, 2) l where l = 1 or n % 500 = 0;
insert into ticket_reads (company_id, staff_id, ticket_id, heard) select :company, md5('staff20')::uuid, ticket, 1 from grown;
insert into ticket_changes (company_id, id, ticket_id, at, change) select :company, md5('change' || n)::uuid, ticket, at, 'opened' from grown;
insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, event_id, at)
select :company, md5('message' || n || ' ' || m)::uuid, :team, contact, ticket, :sender, 'customer', case when n % 100 = 0 then 'The boiler is cold' else 'Are you open?' end, event, at - (m - 1) * interval '1 millisecond'
from grown, generate_series(1, much) m;
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, handled_at, payload)
select :company, event, :team, :sender, 'message', sid, at, at, at, json_build_object('Theirs', '+1312' || lpad(n::text, 7, '0')) from grown;
insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, delivery_id, at)
select :company, md5('decision' || t || n || ' ' || m)::uuid, t, contact, ticket, md5('event' || t || n || ' ' || m)::uuid, 'message', sid,
    case n % 3 when 0 then 'after_hours_text' when 1 then 'customer_first_chat' end,
    case when n % 3 < 2 and m = 1 then 'sent' else 'skipped' end, case when n % 3 < 2 and m = 1 then 'sent' else 'ticket_open' end, '{}', delivery, at
from grown, generate_series(1, much) m, unnest(array[:team, gen_random_uuid()]) t;
insert into deliveries (company_id, id, team_id, contact_id, ticket_id, sender_id, kind, account, from_address, to_address, text, state, provider_id)
select :company, delivery, :team, contact, ticket, :sender, 'sms', '', '+13125550100', '+1312' || lpad(n::text, 7, '0'), 'We are closed.',
    case when n % 1000 = 0 then 'failed' else 'delivered' end, 'SM' || md5('reply' || n)
from grown;
insert into strays (id, account, kind, ours, provider_id, payload, received_at) select event, '', 'message', '', sid, json_build_object('Theirs', '+1312' || lpad(n::text, 7, '0')), at from grown;
insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at) select :company, event, :team, contact, true, 'message', 'STOP', at from grown;
insert into sender_opt_outs (company_id, sender_id, contact_id, at) select :company, :sender, contact, at from grown where n % 10 = 0;
insert into spend (company_id, team_id, span, starts_at, sent) select :company, :team, 'hour', at, 1 from grown;
create temporary table branches as select t.* from teams t where id = :team;
update branches set name = 'Branch', display_name = 'Branch';
insert into teams select b.* from generate_series(2, 500) n cross join lateral (
    select (jsonb_populate_record(branches, jsonb_build_object('id', md5('branch' || n)::uuid, 'name', 'Branch ' || n))).* from branches) b;
insert into staff (company_id, id, name, email, role, teams)
select :company, md5('staff' || n)::uuid, 'Advisor ' || n, 'advisor' || n || '@example.com', 'advisor', array[case when n % 20 = 0 then :team else md5('branch' || n)::uuid end] from generate_series(2, 500) n;
insert into history (company_id, team_id, id, at, who, what, subject, before, after)
select :company, case when n % 2 = 0 then :team end, event, at, 'Maria', 'company', 'name', '{"name": "A"}', '{"name": "B"}' from grown;
insert into sessions (company_id, id, staff_id, hash) select :company, event, md5('staff' || (n % 400 + 2))::uuid, decode(md5('token' || n), 'hex') from grown;
insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, state, token_hash, message, channel, asked_at, answered_at, expires_at, answer)
select :company, event, :team, contact, ticket, 'rating', 'answered', decode(md5('request' || n), 'hex'), '', 'sms', at, at, at, '{"score": 5}' from grown where n % 50 = 0; -- an average reads each
insert into holidays (company_id, id, team_id, title, from_day, to_day, feed, due_at)
select :company, md5('holiday' || n)::uuid, case when n % 500 = 1 then :team when n % 500 > 1 then md5('branch' || n % 500)::uuid end, 'Holiday ' || n,
    '2026-12-24', '2026-12-26', case when n % 7 = 0 then 'https://127.0.0.1/' || n end, case when n % 7 = 0 then now() + (n - 10) * interval '1 hour' end
from generate_series(1, 5000) n;
