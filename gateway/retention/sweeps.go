package retention

import (
	"ringback/gateway/contacts"
	"ringback/gateway/media"
)

// sweep is how the rows of a table go that are too old.
type sweep struct {
	kind  string // of Days
	name  string // of the walk
	table string
	// old is what makes the row x of company $1 one that goes, $2 being the time
	// before which it is too old. Whatever somebody still works on is not.
	old string
	// empty takes the rows from due that are locked.
	empty string
	// after goes along, where the rows that went are done.
	after string
}

// closed keeps what belongs to a ticket that is not over.
const closed = ` and not exists (select from tickets k where k.company_id = $1 and k.id = x.ticket_id and k.status <> 'closed')`

const (
	due = ` from due where x.company_id = $1 and x.id = due.id`

	// Files go where they lie, as those of the erased do.
	files = `, stored as (
	insert into erased_files (company_id, id, person, name, due_at)
	select company_id, gen_random_uuid(), coalesce(contact_id, id), ` + media.FileName + ` || ending, $5 from done cross join (values (''), ('.thumb')) e (ending)
), kept as (
	insert into erased_files (company_id, id, person, kind, account, source, due_at)
	select company_id, gen_random_uuid(), coalesce(contact_id, id), kind, account, source - 'name', $5 from done where source is not null and kind <> 'webchat'
)`

	deleteMedia = `delete from media x using due where x.company_id = $1 and x.id = due.id returning x.*`
)

// sweeps are all of them. What the rules remember of the last days is younger
// than anything that may go.
var sweeps = []sweep{
	{
		kind: "messages", name: "messages", table: "messages",
		old:   `x.at < $2 and x.kind <> 'erased'` + closed,
		empty: `update messages x set text = '', media = '[]', kind = 'erased', about = '', may_answer = '{}'` + due + ` returning x.id`,
	},
	{
		kind: "messages", name: "notes", table: "notes",
		old:   `x.at < $2` + closed,
		empty: `delete from notes x using due where x.company_id = $1 and x.id = due.id returning x.id`,
	},
	{
		kind: "messages", name: "planned", table: "planned",
		old:   `x.send_at < $2 and x.state <> 'planned'` + closed,
		empty: `delete from planned x using due where x.company_id = $1 and x.id = due.id returning x.id`,
	},
	{
		kind: "messages", name: "deliveries", table: "deliveries",
		old:   `x.created_at < $2 and x.due_at is null and x.text <> ''` + closed,
		empty: `update deliveries x set text = '', media = '[]', template = null, template_else = null, choices = null, error = ''` + due + ` returning x.id`,
	},
	{
		kind: "messages", name: "requests", table: "requests",
		old: `x.asked_at < $2 and x.state not in ('open', 'seen') and x.processing_since is null
	and (x.message <> '' or x.description <> '' or x.attachments <> '[]' or x.answer is not null and x.answer - 'score' <> '{}')` + closed,
		empty: `update requests x set message = '', description = '', attachments = '[]',
	answer = case when answer is null then null when kind = 'rating' then jsonb_build_object('score', answer -> 'score') else '{}' end` + due + ` returning x.id`,
	},
	{
		kind: "calls", name: "calls", table: "calls",
		old:   `x.started_at < $2 and x.settled_at is not null and x.journal <> '[]'` + closed,
		empty: `update calls x set journal = '[]'` + due + ` returning x.id`,
	},
	{
		kind: "media", name: "media", table: "media",
		old:   `x.created_at < $2 and x.call_id is null and x.due_at is null and (x.contact_id is not null or x.message_id is not null)` + closed, // not what the staff put in store
		empty: deleteMedia, after: files,
	},
	{
		kind: "recordings", name: "recordings", table: "media",
		old:   `x.created_at < $2 and x.call_id is not null and x.due_at is null` + closed,
		empty: deleteMedia, after: files,
	},
	{
		// What an open ticket's customer is answered by stands in it, and so does a
		// STOP that could not be handled.
		kind: "events", name: "events", table: "events",
		old: `x.created_at < $2 and x.handled_at is not null
	and not exists (select from decisions d join tickets k on k.company_id = d.company_id and k.id = d.ticket_id and k.status <> 'closed' where d.company_id = $1 and d.event_id = x.id)
	and not exists (select from pending_stops p where p.company_id = $1 and p.event_id = x.id)`,
		empty: `delete from events x using due where x.company_id = $1 and x.id = due.id returning x.id`,
	},
	{
		kind: "events", name: "strays", table: "strays",
		old:   `x.received_at < $2`,
		empty: `delete from strays x using due where x.id = due.id returning x.id`,
	},
	{
		kind: "decisions", name: "decisions", table: "decisions",
		old:   `x.at < $2 and (x.text <> '' or x.facts - 'open' <> '{}')` + closed,
		empty: `update decisions x set text = '', facts = case when facts ? 'open' then jsonb_build_object('open', facts -> 'open') else '{}' end` + due + ` returning x.id`,
	},
}

// whose is which rows of the table are the company's.
func (s sweep) whose() string {
	if s.table == "strays" {
		return contacts.StrayOfCompany
	}
	return `x.company_id = $1`
}

func (s sweep) count() string {
	return `select count(*) from ` + s.table + ` x where ` + s.whose() + ` and ` + s.old
}

// step looks at the next $4 rows after $3 and lets those go that are too old at
// $2. What somebody else has locked waits for the next walk.
func (s sweep) step() string {
	return `
with looked as materialized (
	select x.id from ` + s.table + ` x where ` + s.whose() + ` and x.id > $3 order by x.id limit $4
), due as materialized (
	select x.id from ` + s.table + ` x where ` + s.whose() + ` and x.id in (select id from looked) and ` + s.old + ` for update of x skip locked
), done as (
	` + s.empty + `
)` + s.after + `
select (select count(*) from looked) as looked, (select count(*) from done) as gone, coalesce((select id::text from looked order by id desc limit 1), '') as reached`
}
