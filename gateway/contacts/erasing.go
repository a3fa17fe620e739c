package contacts

import "ringback/gateway/media"

// Each statement takes the company as $1 and the contact as $2, and nothing
// else: when it was and under which addresses stands in erasures, which is
// written before all of them.
//
// What counts in the figures of past weeks stays as a row that says when and
// what kind, of somebody whom nobody knows any more.

const (
	ofErasure = ` from erasures where company_id = $1 and person = $2)`
	erasedAt  = `(select at` + ofErasure
	theirs    = `any((select addresses` + ofErasure + `::text[])`
	teams     = `any((select teams` + ofErasure + `::uuid[])`
	senders   = `any(array(select id from senders where company_id = $1 and team_id = ` + teams + `))`

	// What an opt-out may be from, beside a team: a sender, or the whole company.
	sendersOrAll = `any(array(select id from senders where company_id = $1 and team_id = ` + teams + `) || $1::uuid)`

	// What names them by id may have been written before they were merged with somebody.
	named = `any(array(select from_id::text from contact_merges where company_id = $1 and into_id = $2) || $2::uuid::text)`

	// ofTeams lets a statement use the indexes, which begin with the team.
	// Nothing of a team points at somebody who has no standing with it.
	ofTeams = ` company_id = $1 and team_id = ` + teams + ` and contact_id = $2`

	tickets = `any(array(select id from tickets where` + ofTeams + `))`
)

func drop(table string) string {
	return `delete from ` + table + ` where company_id = $1 and contact_id = $2`
}

const (
	// A STOP whose handling was given up is in force as well.
	eraseStandings = `
with gone as (
	delete from standings where` + ofTeams + ` returning team_id, opted_out_at
), given_up as (
	delete from pending_stops p using events e
	where p.company_id = $1 and p.address = ` + theirs + ` and p.team_id = ` + teams + `
		and e.company_id = $1 and e.id = p.event_id and e.handled_at is not null
	returning p.team_id, e.occurred_at
)
insert into erased_opt_outs (company_id, digest, team_id, opted_out_at, person)
select $1, erased_digest($1, a.address), o.team_id, min(o.at), $2
from unnest((select addresses` + ofErasure + `) as a (address)
cross join (select team_id, opted_out_at as at from gone where opted_out_at is not null union all select * from given_up) o
group by a.address, o.team_id
on conflict (company_id, digest, team_id, sender_id) do update set opted_out_at = excluded.opted_out_at, person = excluded.person`

	eraseSenders = `
with gone as (
	delete from sender_opt_outs where company_id = $1 and contact_id = $2 and sender_id = ` + sendersOrAll + ` returning sender_id, at
), given_up as (
	delete from pending_stops p using events e
	where p.company_id = $1 and p.address = ` + theirs + ` and p.team_id = ` + sendersOrAll + `
		and e.company_id = $1 and e.id = p.event_id and e.handled_at is not null
	returning p.team_id as sender_id, e.occurred_at
)
insert into erased_opt_outs (company_id, digest, team_id, sender_id, opted_out_at, person)
select $1, erased_digest($1, a.address), coalesce(s.team_id, $1), o.sender_id, min(o.at), $2
from unnest((select addresses` + ofErasure + `) as a (address)
cross join (select sender_id, at from gone union all select * from given_up) o left join senders s on s.company_id = $1 and s.id = o.sender_id
group by a.address, s.team_id, o.sender_id
on conflict (company_id, digest, team_id, sender_id) do update set opted_out_at = excluded.opted_out_at, person = excluded.person`

	// When and how stays; what was said, and whose it was, as a digest.
	eraseConsents = `
update consents set words = case when words = '' then '' else encode(erased_digest($1, words), 'hex') end where` + ofTeams

	// Files go from our own store and from where their provider keeps them. One
	// that is being fetched at this moment lies in our store a little later. What
	// the staff sent goes as well, unless somebody else was sent it too. Under what
	// customers sent, and staff from their own phones, stand the provider's ids.
	eraseMedia = `
with shared as (
	select (f ->> 'id')::uuid as id from messages m, jsonb_array_elements(m.media) f
	where m.company_id = $1 and m.contact_id = $2 and m.author not in ('customer', 'staff') and m.media <> '[]'
	union
	select f::uuid from requests r, jsonb_array_elements_text(r.attachments) f
	where r.company_id = $1 and r.team_id = ` + teams + ` and r.contact_id = $2
	union
	select f::uuid from planned p, jsonb_array_elements_text(p.attachments) f where p.company_id = $1 and p.contact_id = $2
), own as (
	select s.id from shared s
	where not exists (select from messages m where m.company_id = $1 and m.author <> 'customer' and m.media <> '[]' and m.contact_id <> $2
			and m.media @> jsonb_build_array(jsonb_build_object('id', s.id)))
		and not exists (select from requests r where r.company_id = $1 and r.attachments <> '[]' and r.contact_id <> $2
			and r.attachments @> jsonb_build_array(s.id))
		and not exists (select from planned p where p.company_id = $1 and p.contact_id <> $2 and p.state = 'planned' and p.attachments @> jsonb_build_array(s.id))
), gone as (
	delete from media x using (select id from media where company_id = $1 and contact_id = $2 union select id from own) o
	where x.company_id = $1 and x.id = o.id returning x.*
), loose as (
	delete from uploads where company_id = $1 and request_id = any(array(select id from requests where` + ofTeams + `)) returning id, parts
), stored as (
	select ` + media.FileName + ` || ending as name, state = 'waiting' as late
	from gone cross join (values (''), ('.thumb')) e (ending)
	union all
	select 'uploads/' || $1::uuid || '/' || id || '/' || n, false from loose cross join lateral generate_series(0, parts) n
)
insert into erased_files (company_id, id, person, name, kind, account, source, due_at)
select $1::uuid, gen_random_uuid(), $2::uuid, name, '', '', null, ` + erasedAt + ` + case when late then interval '10 minutes' else interval '0' end from stored
union all
select $1, gen_random_uuid(), $2, '', kind, account, source - 'name', ` + erasedAt + ` from gone where source is not null and kind <> 'webchat'`

	// What waits to go out does not; a claim that is under way is nobody's any more.
	eraseDeliveries = `
update deliveries set text = '', to_address = '', media = '[]', template = null, template_else = null, choices = null, error = '',
	state = case when state in ('queued', 'unknown') then 'canceled' else state end,
	reason = case when state in ('queued', 'unknown') then 'erased' else reason end,
	claims = claims + 1, due_at = null, ask_at = null, updated_at = now()
where company_id = $1 and contact_id = $2`

	eraseReads = `delete from reads where company_id = $1 and contact_id = $2 and sender_id = ` + senders

	eraseMessages = `
update messages set text = '', media = '[]', kind = 'erased', about = '', may_answer = '{}', who = case when author = 'customer' then '' else who end
where company_id = $1 and contact_id = $2`

	erasePlanned = `delete from planned where` + ofTeams

	eraseNotes = `delete from notes where` + ofTeams

	// A link that is out leads nowhere. Of a rating the score stays, and of a
	// payment the money: books have to be kept.
	eraseRequests = `
update requests set message = '', description = '', attachments = '[]', token_hash = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
	state = case when state in ('open', 'seen') then 'cancelled' else state end,
	ended_at = case when state in ('open', 'seen') then ` + erasedAt + ` else ended_at end,
	answer = case when answer is null then null when kind = 'rating' then jsonb_build_object('score', answer -> 'score') else '{}' end
where` + ofTeams

	eraseCalls = `
update calls set caller = '', journal = '[]', ask_at = null, settled_at = case when outgoing then coalesce(settled_at, ` + erasedAt + `) else settled_at end
where` + ofTeams

	eraseDecisions = `
update decisions set text = '', facts = case when facts ? 'open' then jsonb_build_object('open', facts -> 'open') else '{}' end where` + ofTeams

	eraseTickets = `
with closed as (
	update tickets set status = 'closed', closed_at = coalesce(closed_at, ` + erasedAt + `), waiting_since = null, snoozed_until = null, updated_at = now()
	where` + ofTeams + ` and status <> 'closed' returning id
)
insert into ticket_changes (company_id, id, ticket_id, at, change, who, author)
select $1, gen_random_uuid(), id, ` + erasedAt + `, 'closed', '', 'gateway' from closed`
)

// StrayOfCompany is the condition that a stray is of company $1: of an account that
// it stored, or, as the environment's secrets are the first company's, of one that
// nobody did. At Meta each number is an account.
const StrayOfCompany = `(account in (select account from accounts where company_id = $1)
	or account not in (select account from accounts) and $1 = (select id from companies order by created_at, id limit 1))`

// around is what tells of a contact without pointing at them, and is found by
// what does.
var around = []pointer{
	// What somebody wrote who said they were the erased, which nobody proved, goes as
	// well: it may be theirs, and it names their number.
	{table: "messages", erase: `
update messages set text = '', media = '[]', kind = 'erased'
where company_id = $1 and author = 'customer' and ticket_id = any(array(select id from tickets where company_id = $1 and claimed_id = $2))`},
	{table: "contacts", erase: `
update contacts set name = '' where company_id = $1 and id = any(array(select contact_id from tickets where company_id = $1 and claimed_id = $2))`},
	{table: "tickets", erase: `
update tickets set given_address = null where given_address is not null and` + ofTeams},
	{table: "tickets", erase: `
update tickets set claimed_address = ''
where company_id = $1 and claimed_id is not null and (claimed_id = $2 or id = ` + tickets + `)`},
	// What has not been handled yet is of somebody whom nobody knows any more, and
	// is handled so. What waits here for a later hour waits no longer.
	{table: "events", erase: `
update events e set payload = '{}', raw = null, fault = null, handled_at = coalesce(handled_at, ` + erasedAt + `)
where e.company_id = $1 and e.payload ->> 'Theirs' is not null and e.payload ->> 'Theirs' = ` + theirs + `
	and (e.handled_at is not null or exists (select from decisions d where d.company_id = $1 and d.event_id = e.id))`},
	{table: "events", erase: `
update events e set payload = '{}', handled_at = coalesce(handled_at, ` + erasedAt + `)
where e.company_id = $1 and e.payload -> 'ask' ->> 'contact' is not null and e.payload -> 'ask' ->> 'contact' = ` + named},
	{table: "events", erase: `
update events e set handled_at = ` + erasedAt + `
from calls c where c.company_id = $1 and c.team_id = ` + teams + ` and c.contact_id = $2
	and e.company_id = $1 and e.sender_id = c.sender_id and e.provider_id = c.sid || '/held' and e.handled_at is null`},
	{table: "strays", erase: `
delete from strays where payload ->> 'Theirs' is not null and payload ->> 'Theirs' = ` + theirs + `
	and ` + StrayOfCompany},
	{table: "hook_deliveries", erase: `delete from hook_deliveries where company_id = $1 and payload -> 'data' ->> 'contact' = ` + named},
	{table: "notices", erase: `
with gone as (
	delete from notices where company_id = $1 and (ticket_id is not null and ticket_id = ` + tickets + `
		or kind = 'delivery_failed' and thing = any(array(select id::text from deliveries where company_id = $1 and contact_id = $2))) returning id
)
delete from notice_sends where company_id = $1 and notice_id in (select id from gone)`},
	{table: "deliveries", erase: `
update deliveries d set text = '' from contacts c
where c.company_id = $1 and c.id = $2 and d.company_id = $1 and d.staff_id is not null and d.due_at is null
	and (position(c.name in d.text) > 0 and c.name <> '' or exists (select from unnest((select addresses` + ofErasure + `) t (address) where position(t.address in d.text) > 0))`},
	{table: "escalations", erase: `delete from escalations where company_id = $1 and ticket_id = ` + tickets},
	{table: "ticket_changes", erase: `
update ticket_changes set who = case when author = 'customer' then '' else who end, detail = case when request_id is not null then '' else detail end
where company_id = $1 and ticket_id = ` + tickets},
	{table: "payments", erase: `
update payments set url = '', close_at = case when checkout <> '' and state in ('open', 'failed') then coalesce(close_at, ` + erasedAt + `) else close_at end
where company_id = $1 and request_id = any(array(select id from requests where` + ofTeams + `))`},
	// What a program was answered, which it would be told again if it repeated its request
	// under the same key: a repetition is refused instead. The key names the ticket, the
	// contact or the visitor that the request was about.
	{table: "idempotency_keys", erase: `
update idempotency_keys set body = '', answer = '{}'
where company_id = $1 and (answer ->> 'contact' = ` + named + ` or split_part(key, '/', 2) = ` + named + `
	or split_part(key, '/', 2) = any(array(select id::text from tickets where` + ofTeams + `)))`},
	{table: "idempotency_keys", erase: `
delete from idempotency_keys where company_id = $1 and key like 'chat/%' and split_part(key, '/', 2) = ` + theirs},
	{table: "visitor_tokens", erase: `delete from visitor_tokens where company_id = $1 and visitor_id = ` + theirs},
	{table: "visitors", erase: `delete from visitors where company_id = $1 and id = ` + theirs},
}
