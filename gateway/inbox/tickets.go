package inbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/staff"
)

// TicketFilter narrows and orders a team's list of tickets; what is empty does not.
type TicketFilter struct {
	View     string `json:"view" enum:"mine,unassigned,waiting,all,"`
	Status   string `json:"status" enum:"open,done,closed,"`
	Assignee string `json:"assignee" maxLength:"36"` // id of one of the staff, me, or nobody
	Channel  string `json:"channel" enum:"sms,voice,whatsapp_twilio,whatsapp_cloud,webchat,"`
	Kind     string `json:"kind" enum:"message,call,missed_call,voicemail,web,"`
	Label    string `json:"label" maxLength:"36"` // id
	Text     string `json:"q" maxLength:"100"`    // as Search takes it
	Sort     string `json:"sort" enum:"created,activity,waiting,"`
	Contact  string `json:"-"` // id
	Claimed  string `json:"-"` // id of a contact: what is not proven to be theirs
	Address  string `json:"-"` // a contact's, instead
}

// The views of what is to do, and how lists are sorted.
const (
	ViewMine       = "mine"       // of whoever asks
	ViewUnassigned = "unassigned" // nobody's
	ViewWaiting    = "waiting"    // the customer waits for us
	ViewAll        = "all"

	SortCreated  = "created"  // the newest first
	SortActivity = "activity" // whose customer or advisor was heard last first
	SortWaiting  = "waiting"  // who waits longest first, and nobody who does not wait
)

// Me and Nobody are whose a ticket may be, beside the ids of the staff.
const (
	Me     = "me"
	Nobody = "nobody"
)

// Place is where in a list a page ended: at an item, and at what it is sorted by.
type Place struct {
	At time.Time // zero in a list that is sorted by id
	ID string    // empty: the list begins
}

// order is how a list is sorted, and what stands behind a place in it.
type order struct{ by, after string }

const active = `coalesce(active_at, opened_at)`

var orders = map[string]order{
	SortCreated:  {`id desc`, `id < ?`},
	SortActivity: {active + ` desc, id desc`, `(` + active + `, id) < (?, ?)`},
	SortWaiting:  {`waiting_since, id`, `(waiting_since, id) > (?, ?)`},
}

// Sorted is how the list is sorted: as it was asked for, or as its view is best.
func (f TicketFilter) Sorted() string {
	switch {
	case f.Sort != "":
		return f.Sort
	case f.View == "":
		return SortCreated
	case f.View == ViewWaiting:
		return SortWaiting
	}
	return SortActivity
}

// Place is where the ticket stands in the list.
func (f TicketFilter) Place(t Ticket) Place {
	switch f.Sorted() {
	case SortActivity:
		return Place{t.ActiveAt, t.ID}
	case SortWaiting:
		if t.WaitingSince != nil {
			return Place{*t.WaitingSince, t.ID}
		}
	}
	return Place{ID: t.ID}
}

// conditions are of a statement: each ? stands for the next of the arguments.
type conditions struct {
	from  string
	where []string
	args  []any
}

func (c *conditions) and(condition string, args ...any) {
	for _, arg := range args {
		c.args = append(c.args, arg)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.where = append(c.where, condition)
}

// Tickets are a team's, from behind a place on. What a view leaves out is named in
// the API's description.
func (d Desk) Tickets(ctx context.Context, who staff.Principal, team string, f TicketFilter, after Place, limit int) ([]Ticket, error) {
	if err := f.check(who, after); err != nil {
		return nil, err
	}
	query, args, err := d.listing(ctx, who, team, f, after, limit)
	if err != nil {
		return nil, err
	}
	found := []Ticket{}
	if err := sqlx.SelectContext(ctx, d.DB, &found, query, args...); err != nil {
		return nil, fmt.Errorf("tickets: %w", err)
	}
	return found, withLabels(ctx, d.DB, who.CompanyID, found)
}

// listing is the statement that reads the list, with its arguments. It says what is
// asked and nothing else, so that Postgres takes the index that is there for it.
func (d Desk) listing(ctx context.Context, who staff.Principal, team string, f TicketFilter, after Place, limit int) (string, []any, error) {
	c, err := d.conditions(ctx, who, team, f)
	if err != nil {
		return "", nil, err
	}
	sorted := orders[f.Sorted()]
	switch {
	case after.ID == "":
	case f.Sorted() == SortCreated:
		c.and(sorted.after, after.ID)
	default:
		c.and(sorted.after, after.At, after.ID)
	}
	return `select ` + ticketColumns + `, ` + unread(&c, who) + ` as unread from ` + c.from + ` where ` + strings.Join(c.where, " and ") +
		` order by ` + sorted.by + ` limit ` + strconv.Itoa(limit), c.args, nil
}

func (f TicketFilter) check(who staff.Principal, after Place) error {
	if err := shaped(f); err != nil {
		return err
	}
	if f.Assignee != Me && f.Assignee != Nobody {
		if err := checkID("assignee", f.Assignee); err != nil {
			return err
		}
	}
	if err := checkID("label", f.Label); err != nil {
		return err
	}
	var wrong settings.Invalid
	wrong.Add(f.View == ViewMine && who.StaffID == "", "view", "needs_person")
	wrong.Add(f.Assignee == Me && who.StaffID == "", "assignee", "needs_person")
	wrong.Add(after.ID != "" && after.At.IsZero() != (f.Sorted() == SortCreated), "cursor", "cursor")
	if err := wrong.Err(); err != nil || f.Text == "" {
		return err
	}
	return checkSearch(f.Text)
}

func (d Desk) conditions(ctx context.Context, who staff.Principal, team string, f TicketFilter) (conditions, error) {
	c := conditions{from: "tickets"}
	c.and(`company_id = ? and team_id = ?`, who.CompanyID, team)
	c.and(`number > 0`) // all have one; the indexes of lists are named by it
	d.view(&c, who, f)
	address, err := d.dialed(ctx, who, team, f.Address)
	if err != nil {
		return c, err
	}
	for _, one := range []struct{ condition, value string }{
		{`kind = ?`, f.Kind},
		{`contact_id = ?`, f.Contact},
		{`claimed_id = ?`, f.Claimed},
		{`contact_id = (` + contacts.At + `?)`, address},
		{`id in (select ticket_id from ticket_labels where company_id = $1 and label_id = ?)`, f.Label},
	} {
		if one.value != "" {
			c.and(one.condition, one.value)
		}
	}
	switch f.Assignee {
	case "":
	case Me:
		c.and(`assignee = ?`, who.StaffID)
	case Nobody:
		c.and(`assignee is null`)
	default:
		c.and(`assignee = ?`, f.Assignee)
	}
	if f.Sorted() == SortWaiting {
		c.and(`waiting_since is not null`)
	}
	if err := d.channel(ctx, &c, who, team, f.Channel); err != nil {
		return c, err
	}
	return c, d.matching(ctx, &c, who, team, f.Text)
}

// view is what somebody wants to see who has an hour to work: what is to do, and
// not what was put off to another day.
func (d Desk) view(c *conditions, who staff.Principal, f TicketFilter) {
	status := f.Status
	switch f.View {
	case ViewMine:
		c.and(`assignee = ?`, who.StaffID)
	case ViewUnassigned:
		c.and(`assignee is null`)
	case ViewWaiting:
		c.and(`waiting_since is not null`)
	}
	if f.View != "" && f.View != ViewAll {
		c.and(`(snoozed_until is null or snoozed_until <= ?)`, d.Clock.Now())
		if status == "" {
			status = "open"
		}
	}
	if status != "" {
		c.and(`status = ?`, status)
		if status != "closed" {
			c.and(`status <> 'closed'`) // says to Postgres that a part of the tickets is enough
		}
	}
}

const sendersOfKind = `select id from senders where company_id = $1 and team_id = $2 and kind = $3`

// channel narrows to the tickets of some of the team's senders. With one alone,
// Postgres reads them in order.
func (d Desk) channel(ctx context.Context, c *conditions, who staff.Principal, team, kind string) error {
	if kind == "" {
		return nil
	}
	var senders []string
	if err := sqlx.SelectContext(ctx, d.DB, &senders, sendersOfKind, who.CompanyID, team, kind); err != nil {
		return fmt.Errorf("senders of the kind %s: %w", kind, err)
	}
	if len(senders) == 1 {
		c.and(`sender_id = ?`, senders[0])
		return nil
	}
	c.and(`sender_id = any(?::uuid[])`, pq.Array(senders))
	return nil
}

// fit is of how many customers, and of how many messages, the tickets are listed
// that a text is looked for in.
const fit = 200

// ticketsOf are the tickets of customers and of who says they are one of them, those on
// which a number like that was given, and the one of a ticket's number.
const ticketsOf = `
select t.id from unnest($3::uuid[]) c (id)
cross join lateral (select id from tickets where company_id = $1 and team_id = $2 and contact_id = c.id order by opened_at desc limit $4) t
union all select id from tickets where company_id = $1 and team_id = $2 and claimed_id = any($3::uuid[])
union all select t.id from unnest($6::uuid[]) c (id) join tickets t on t.company_id = $1 and t.team_id = $2 and t.claimed_id = c.id
where position($7 in t.claimed_address) > 0
union all select id from tickets where company_id = $1 and team_id = $2 and number = $5`

// matching narrows to the tickets that a search finds, which are looked up one by
// one: the offset keeps Postgres from reading all tickets to find a few.
func (d Desk) matching(ctx context.Context, c *conditions, who staff.Principal, team, text string) error {
	if text == "" {
		return nil
	}
	people, err := contacts.Matching(ctx, d.DB, who.CompanyID, []string{team}, text, fit)
	if err != nil {
		return err
	}
	claims, digits, err := contacts.WithNumber(ctx, d.DB, who.CompanyID, team, text, fit)
	if err != nil {
		return err
	}
	number, _ := ticketNumber(text)
	var ids []string
	each := max(1, fit/max(1, len(people))) // the newest of each
	if err := sqlx.SelectContext(ctx, d.DB, &ids, ticketsOf, who.CompanyID, team, pq.Array(people), each, number, pq.Array(claims), digits); err != nil {
		return fmt.Errorf("tickets of %d contacts: %w", len(people), err)
	}
	words := d.words(who.CompanyID, []string{team}, text, fit)
	said, err := words.Find(ctx, d.DB)
	if err != nil {
		return err
	}
	spoken, err := words.Voicemails(ctx, d.DB)
	for _, hit := range slices.Concat(said, spoken) {
		if hit.Ticket != nil {
			ids = append(ids, *hit.Ticket)
		}
	}
	slices.Sort(ids)
	c.args = append(c.args, pq.Array(slices.Compact(ids)))
	c.from = fmt.Sprintf(`unnest($%d::uuid[]) hit (hit) cross join lateral (select * from tickets where company_id = $1 and id = hit.hit offset 0) tickets`, len(c.args))
	return err
}

// unread is whether the customer was heard since whoever asks has read the ticket.
func unread(c *conditions, who staff.Principal) string {
	if who.StaffID == "" {
		return `false`
	}
	c.args = append(c.args, who.StaffID)
	return fmt.Sprintf(`heard > coalesce((select r.heard from ticket_reads r
		where r.company_id = tickets.company_id and r.staff_id = $%d and r.ticket_id = tickets.id), 0)`, len(c.args))
}
