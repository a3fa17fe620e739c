package inbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/gateway/media"
	"ringback/settings/staff"
)

// Entry is one thing on a timeline, of a ticket or of a contact: a message, a change of
// the ticket, a call, a decision of the gateway.
type Entry struct {
	ID       string      `db:"id" json:"id"`
	At       time.Time   `db:"at" json:"at"`
	Type     string      `db:"type" json:"type" enum:"message,note,planned,change,call,decision,request,consent" doc:"decision: on a ticket's alone; consent: on a contact's alone"`
	Channel  string      `db:"channel" json:"channel,omitempty" doc:"Of a message: the kind of our sender that it came to or went out from. Of a call: the kind that it came to, unless that was a phone"`
	Author   string      `db:"author" json:"author,omitempty" doc:"customer, automation, advisor, or staff: one of the staff from their own phone, to the team alone, or, via whatsapp_app, what is no answer: a reaction, an edit, a message taken back; of a change or a consent, who made it; of a call, advisor when one of the staff called"`
	Text     string      `db:"text" json:"text,omitempty" doc:"Of a message, or of a note, which no customer gets; of a consent: what was said"`
	Kind     string      `db:"kind" json:"kind,omitempty" doc:"Of a message that is more, or less, than a text with files: location, contacts, order, reply, form, unsupported, unknown; reaction, edit, revoke, which remark on another one; system, welcome (they opened the chat), permission (whether we may call them by WhatsApp)"`
	Via      string      `db:"via" json:"via,omitempty" doc:"whatsapp_app: of a message that the staff wrote in the WhatsApp Business app"`
	Erased   bool        `db:"erased" json:"erased,omitempty" doc:"Of a message: what it said was erased"`
	Media    media.Files `db:"media" json:"media,omitempty" doc:"Of a message: what came with it; of a call: its recordings"`
	Who      string      `db:"who" json:"who,omitempty" doc:"Of an advisor's or staff's message and of a note: who wrote it; of a call to the customer: whose it was; of an answered one, who talked to them"`
	Change   string      `db:"change" json:"change,omitempty" doc:"opened, begun, reopened, done, closed, assigned, snoozed, woken; of a consent: opted_out, opted_in, not_meant, blocked, unblocked"`
	Detail   string      `db:"detail" json:"detail,omitempty" doc:"Of a change: to whom it was assigned, until when it is snoozed, or the channel on which somebody began to write; of a message that did not arrive: why, in words; of a request: its kind, or its answer in a word; of a consent: how it is known, as in consents"`
	Request  *string     `db:"request_id" json:"request,omitempty" doc:"Of a request: its id; change is what became of it: asked, seen, answered, expired, cancelled, and of a payment payment_processing, payment_failed, payment_expired, paid, refunded, refund_failed, payment_disputed, dispute_won, dispute_lost, payment_other (Stripe tells of another amount than was asked for: in detail)"`
	Delivery *string     `db:"delivery_id" json:"delivery,omitempty"`
	State    *string     `db:"state" json:"state,omitempty" doc:"Of the message's delivery; of one that goes out later: planned, canceled or refused, with the reason. at is when that is, or was"`

	MayAnswer Candidates `db:"may_answer" json:"may_answer,omitempty" doc:"Of a customer's message: the open requests of which it may answer one. Nobody but the staff can say which"`

	Step   string `db:"step" json:"step,omitempty" doc:"Of a call: where the caller gave up"`
	Waited *int   `db:"waited" json:"waited_seconds,omitempty" doc:"Of a call: from its beginning to its end; of one to the customer: how long they spoke"`

	Automation *string `db:"automation" json:"automation,omitempty" doc:"Of a decision; and of a message that it led to"`
	Outcome    string  `db:"outcome" json:"outcome,omitempty" doc:"Of a decision: sent, skipped or deferred; of a call: answered, voicemail, hung_up or missed; of one to the customer: answered, unanswered, not_taken by the advisor, not_placed, or empty while it goes on"`
	Reason     string  `db:"reason" json:"reason,omitempty" doc:"Of a decision; and of a message that did not arrive"`

	Ticket   *string `db:"ticket" json:"ticket,omitempty" doc:"On a contact's timeline: the ticket that it stands on, with its number; left out: none"`
	Number   *int64  `db:"number" json:"number,omitempty"`
	Team     string  `db:"team" json:"team,omitempty" doc:"On a contact's timeline: the team that it was with"`
	TeamName string  `db:"team_name" json:"team_name,omitempty"`
}

// Place is where the entry stands on a contact's timeline.
func (e Entry) Place() Place { return Place{e.At, e.ID} }

// TicketWithTimeline is one ticket with all that happened on it.
type TicketWithTimeline struct {
	Ticket
	Refusal  *contacts.Refusal `json:"refusal,omitempty" doc:"What the customer wrote that may ask for no more texts, as long as nobody has said whether it does; left out: nothing"`
	Typing   bool              `json:"typing" doc:"The customer is writing in the web chat right now"`
	Timeline []Entry           `json:"timeline" nullable:"false" doc:"The oldest first"`
	Requests []Request         `json:"requests" nullable:"false" doc:"What the customer was asked for, the oldest first"`
	Rating   *Rating           `json:"rating" doc:"The newest one; null: there is none"`
}

// inApp is that a message e was written in the WhatsApp Business app: by an event, and
// by nobody of whom the gateway knows.
const inApp = `e.author in ('advisor', 'staff') and e.event_id is not null and e.staff_id is null`

// union is all that stands on a timeline. Of says which rows of a table are meant, and
// more are further columns of each, of a row e.
func union(of func(table string) string, more string, others ...string) string {
	all := append([]string{
		`select e.id, e.at, 'message' as type, e.author, e.who, e.text,
		case when e.author in ('customer', 'staff') or ` + inApp + ` then ` + media.Of("x.company_id = e.company_id and x.message_id = e.id") + `
			when e.media <> '[]' then ` + media.Of("x.company_id = e.company_id and x.id = any(array(select (f->>'id')::uuid from jsonb_array_elements(e.media) f))") + ` end as media,
		'' as change, coalesce(d.error, '') as detail, e.delivery_id, d.state, '' as step, null::integer as waited,
		(select y.automation from decisions y where y.company_id = d.company_id and y.id = d.decision_id) as automation, '' as outcome, coalesce(d.reason, '') as reason, null::uuid as request_id,
		coalesce(s.kind, '') as channel, ` + candidates + ` as may_answer, e.kind = 'erased' as erased, case when e.kind <> 'erased' then e.kind else '' end as kind,
		case when ` + inApp + ` then 'whatsapp_app' else '' end as via` + more + `
	from ` + of("messages") + ` e left join senders s on s.company_id = e.company_id and s.id = e.sender_id left join deliveries d on d.company_id = e.company_id and d.id = e.delivery_id`,
		`select id, at, case when request_id is null then 'change' else 'request' end, who, '', '', null, change, detail, null, null, '', null, null, '', '', request_id, '', null, false, '', ''` + more + `
	from ` + of(`(select c.*, t.team_id, t.contact_id from ticket_changes c join tickets t on t.company_id = c.company_id and t.id = c.ticket_id) changes`) + ` e`,
		`select id, at, 'planned', 'advisor', who, text,
		case when attachments <> '[]' then ` + media.Of("x.company_id = e.company_id and x.id = any(array(select a::uuid from jsonb_array_elements_text(e.attachments) a))") + ` end,
		'', '', null, state, '', null, null, '', reason, null, '', null, false, '', ''` + more + `
	from ` + of(`(select *, coalesce(ended_at, send_at) as at from planned where state <> 'sent') planned`) + ` e`,
		`select id, at, 'note', 'advisor', who, text, null, '', '', null, null, '', null, null, '', '', null, '', null, false, '', ''` + more + `
	from ` + of("notes") + ` e`,
		`select id, at, 'call', case when outgoing then 'advisor' else 'customer' end, ` + whoTook + `, '', ` + media.Of("x.company_id = e.company_id and x.call_id = e.id") + `,
		'', '', null, null, step, waited, null, outcome, '', null, case when kind = 'voice' then '' else kind end, null, false, '', ''` + more + `
	from ` + of(`(select *, started_at as at from calls) calls`) + ` e`,
	}, others...)
	return strings.Join(all, "\n\tunion all\n\t")
}

// whoTook is whose a call e to the customer was, or who of the staff talked to the caller.
const whoTook = `case when e.outgoing or e.outcome <> 'answered' then e.who else coalesce((select s.name from staff s where s.company_id = e.company_id and s.id = e.advisor), '') end`

func ofTicket(table string) string {
	return `(select * from ` + table + ` where company_id = $1 and ticket_id = $2)`
}

// The newest thousand things of a ticket; one that has more is shown its end.
var timeline = `
select * from (
	` + union(ofTicket, "", `select id, at, 'decision', '', '', '', null, '', '', delivery_id, null, '', null, automation, outcome, reason, null, '', null, false, '', '' from `+ofTicket("decisions")+` e`) + `
	order by at desc, id desc limit 1000
) newest order by at, id`

// Ticket is one ticket of a team with its timeline.
func (d Desk) Ticket(ctx context.Context, who staff.Principal, team, id string) (TicketWithTimeline, error) {
	company := who.CompanyID
	row, err := FindTicket(ctx, d.DB, company, team, id)
	if err != nil {
		return TicketWithTimeline{}, err
	}
	t := TicketWithTimeline{Ticket: row, Timeline: []Entry{}}
	if t.Refusal, err = contacts.FindRefusal(ctx, d.DB, company, team, row.Contact); err != nil {
		return t, err
	}
	if err := sqlx.SelectContext(ctx, d.DB, &t.Timeline, timeline, company, id, d.Clock.Now()); err != nil {
		return t, fmt.Errorf("timeline of ticket %s: %w", id, err)
	}
	if t.Requests, err = requestsOf(ctx, d.DB, company, id); err != nil {
		return t, err
	}
	if t.Rating, err = newestRating(t.Requests); err != nil {
		return t, err
	}
	t.Typing, err = d.typing(ctx, company, row.Contact, lastSaid(t.Timeline))
	return t, err
}

// lastSaid is when the customer last said something; zero: never.
func lastSaid(timeline []Entry) time.Time {
	for _, one := range slices.Backward(timeline) {
		if one.Type == "message" && one.Author == "customer" {
			return one.At
		}
	}
	return time.Time{}
}
