package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/media"
	"ringback/settings"
)

// Ticket is a ticket as a list shows it.
type Ticket struct {
	ID        string     `db:"id" json:"id"`
	Number    int64      `db:"number" json:"number" doc:"As the customer sees it"`
	Status    string     `db:"status" json:"status" enum:"open,done,closed"`
	Kind      string     `db:"kind" json:"kind" enum:"message,call,missed_call,voicemail,web"`
	Contact   string     `db:"contact_id" json:"contact"`
	Name      string     `db:"contact_name" json:"contact_name" doc:"What the contact is called; empty: not known"`
	Address   string     `db:"contact_address" json:"contact_address" doc:"The contact's first address; empty: none"`
	Channel   string     `db:"channel" json:"channel" enum:"sms,voice,whatsapp_twilio,whatsapp_cloud,webchat," doc:"The kind of our sender by which the customer was last heard, which an advisor's reply goes out from; empty: that sender is gone"`
	Last      string     `db:"last_text" json:"last_text" doc:"The beginning of the newest message that is not automatic; empty: none"`
	Assignee  *string    `db:"assignee" json:"assignee"`
	Resolved  *bool      `db:"resolved" json:"resolved" doc:"Of one that is closed; null: nobody knows"`
	OpenedAt  time.Time  `db:"opened_at" json:"opened_at"`
	DoneAt    *time.Time `db:"done_at" json:"done_at"`
	ClosedAt  *time.Time `db:"closed_at" json:"closed_at"`
	CreatedAt time.Time  `db:"created_at" json:"created_at"`
	UpdatedAt time.Time  `db:"updated_at" json:"updated_at"`
}

var ticketColumns = `id, number, status, kind, contact_id, assignee, resolved, opened_at, done_at, closed_at, created_at, updated_at,
	coalesce((select left(m.text, 200) from messages m where m.company_id = tickets.company_id and m.ticket_id = tickets.id and m.author <> 'automation'
		order by m.seq desc limit 1), '') as last_text,
	coalesce((select s.kind from senders s where s.company_id = tickets.company_id and s.id = tickets.sender_id), '') as channel,` + ofContact("tickets")

type ticketsQuery struct {
	Team string `path:"team"`
	Page
	Status  string `query:"status" enum:"open,done,closed"`
	Contact string `query:"contact" maxLength:"200" doc:"The contact's id, or one of their addresses"`
}

var listTickets = `
select ` + ticketColumns + ` from tickets
where company_id = $1 and team_id = $2
	and ($3 = '' or status = $3)
	and ($4 = '' or contact_id = nullif($4, '')::uuid)
	and ($5 = '' or contact_id = (` + contactAt + `$5))
	and ($6 = '' or id < nullif($6, '')::uuid)
order by id desc limit $7`

func (r routes) listTickets(ctx context.Context, in *ticketsQuery) (*Answer[List[Ticket]], error) {
	contactID, address := idOr(in.Contact)
	return Listed(in.Page, func(t Ticket) string { return t.ID }, func(before string, limit int) ([]Ticket, error) {
		found := []Ticket{}
		err := sqlx.SelectContext(ctx, r.DB, &found, listTickets, caller(ctx).CompanyID, in.Team,
			in.Status, contactID, address, before, limit)
		if err != nil {
			return nil, fmt.Errorf("tickets: %w", err)
		}
		return found, nil
	})
}

// entry is one thing on a timeline: a message, a change of the ticket, a call,
// or a decision of the gateway.
type entry struct {
	ID       string      `db:"id" json:"id"`
	At       time.Time   `db:"at" json:"at"`
	Type     string      `db:"type" json:"type" enum:"message,change,call,decision,request"`
	Channel  string      `db:"channel" json:"channel,omitempty" doc:"Of a message: the kind of our sender that it came to or went out from"`
	Author   string      `db:"author" json:"author,omitempty" doc:"customer, automation or advisor; of a change, who made it"`
	Text     string      `db:"text" json:"text,omitempty" doc:"Of a message"`
	Media    media.Files `db:"media" json:"media,omitempty" doc:"Of a message: what came with it; of a call: its recordings"`
	Who      string      `db:"who" json:"who,omitempty" doc:"Of an advisor's message: who wrote it"`
	Change   string      `db:"change" json:"change,omitempty" doc:"opened, reopened, done, closed, assigned"`
	Detail   string      `db:"detail" json:"detail,omitempty" doc:"Of a change: to whom it was assigned; of a message that did not arrive: why, in words; of a request: its kind, or its answer in a word"`
	Request  *string     `db:"request_id" json:"request,omitempty" doc:"Of a request: its id; change is what became of it: asked, seen, answered, expired, cancelled, and of a payment paid, failed, refunded"`
	Delivery *string     `db:"delivery_id" json:"delivery,omitempty"`
	State    *string     `db:"state" json:"state,omitempty" doc:"Of the message's delivery"`

	Step   string `db:"step" json:"step,omitempty" doc:"Of a call: where the caller gave up"`
	Waited *int   `db:"waited" json:"waited_seconds,omitempty" doc:"Of a call: from its beginning to its end"`

	Automation *string `db:"automation" json:"automation,omitempty"`
	Outcome    string  `db:"outcome" json:"outcome,omitempty" doc:"Of a decision: sent, skipped or deferred; of a call: answered, voicemail, hung_up or missed"`
	Reason     string  `db:"reason" json:"reason,omitempty" doc:"Of a decision; and of a message that did not arrive"`
}

type ticketWithTimeline struct {
	Ticket
	Typing   bool      `json:"typing" doc:"The customer is writing in the web chat right now"`
	Timeline []entry   `json:"timeline" nullable:"false" doc:"The oldest first"`
	Requests []request `json:"requests" nullable:"false" doc:"What the customer was asked for, the oldest first"`
	Rating   *rating   `json:"rating" doc:"The newest one; null: there is none"`
}

// TicketPath is the path of one thing of a team.
type TicketPath struct {
	Team string `path:"team"`
	ID   string `path:"id"`
}

var findTicket = `select ` + ticketColumns + ` from tickets where company_id = $1 and team_id = $2 and id = $3`

// The newest thousand things of a ticket; one that has more is shown its end.
var timeline = `
select * from (
	select m.id, m.at, 'message' as type, m.author, m.who, m.text,
		case when m.author = 'customer' then ` + media.Of("x.company_id = m.company_id and x.message_id = m.id") + `
			when m.media <> '[]' then ` + media.Of("x.company_id = m.company_id and x.id = any(array(select (f->>'id')::uuid from jsonb_array_elements(m.media) f))") + ` end as media, '' as change, coalesce(d.error, '') as detail, m.delivery_id, d.state,
		'' as step, null::integer as waited, null as automation, '' as outcome, coalesce(d.reason, '') as reason, null::uuid as request_id,
		coalesce(s.kind, '') as channel
	from messages m left join senders s on s.company_id = m.company_id and s.id = m.sender_id left join deliveries d on d.company_id = m.company_id and d.id = m.delivery_id
	where m.company_id = $1 and m.ticket_id = $2
	union all
	select id, at, case when request_id is null then 'change' else 'request' end, who, '', '', null, change, detail, null, null, '', null, null, '', '', request_id, ''
	from ticket_changes where company_id = $1 and ticket_id = $2
	union all
	select id, started_at, 'call', 'customer', '', '', ` + media.Of("x.company_id = calls.company_id and x.call_id = calls.id") + `, '', '', null, null, step, waited, null, outcome, '', null, ''
	from calls where company_id = $1 and ticket_id = $2
	union all
	select id, at, 'decision', '', '', '', null, '', '', delivery_id, null, '', null, automation, outcome, reason, null, ''
	from decisions where company_id = $1 and ticket_id = $2
	order by at desc, id desc limit 1000
) newest order by at, id`

func findTicketRow(ctx context.Context, q sqlx.QueryerContext, company string, path TicketPath) (Ticket, error) {
	var t Ticket
	err := sqlx.GetContext(ctx, q, &t, findTicket, company, path.Team, path.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return t, settings.ErrNotFound
	}
	if err != nil {
		return t, fmt.Errorf("ticket %s: %w", path.ID, err)
	}
	return t, nil
}

func (r routes) getTicket(ctx context.Context, in *TicketPath) (*tagged[ticketWithTimeline], error) {
	company := caller(ctx).CompanyID
	row, err := findTicketRow(ctx, r.DB, company, *in)
	if err != nil {
		return nil, err
	}
	t := ticketWithTimeline{Ticket: row, Timeline: []entry{}}
	if err := sqlx.SelectContext(ctx, r.DB, &t.Timeline, timeline, company, in.ID); err != nil {
		return nil, fmt.Errorf("timeline of ticket %s: %w", in.ID, err)
	}
	if err := r.addRequests(ctx, company, &t); err != nil {
		return nil, err
	}
	if t.Typing, err = r.typing(ctx, company, row.Contact, lastSaid(t.Timeline)); err != nil {
		return nil, err
	}
	return &tagged[ticketWithTimeline]{row.etag(), t}, nil
}
