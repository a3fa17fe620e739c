// Package journal is the calls and what is known of each, line by line as the
// provider tells it.
//
// The hard decision: a call is not settled by whoever learns its end. Each
// line moves the call's one timer, an event in the same queue as all others,
// and the timer settles the call when nothing more can change it; so a restart
// between the end and the settling is nothing special.
package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Call is one call as it stands.
type Call struct {
	CompanyID string          `db:"company_id"`
	ID        string          `db:"id"`
	SID       string          `db:"sid"`
	TeamID    string          `db:"team_id"`
	SenderID  string          `db:"sender_id"`
	Caller    string          `db:"caller"`
	Kind      channels.Kind   `db:"kind"`       // of the sender that was called
	ContactID string          `db:"contact_id"` // empty until it is settled; so is TicketID, or for ever
	TicketID  string          `db:"ticket_id"`
	Journal   json.RawMessage `db:"journal"`
	StartedAt time.Time       `db:"started_at"`
	Status    string          `db:"status"`
	Seconds   *int            `db:"seconds"`
	EndedAt   *time.Time      `db:"ended_at"`
	SettledAt *time.Time      `db:"settled_at"`
	Outcome   string          `db:"outcome"` // empty until then
}

const columns = `company_id, id, sid, team_id, sender_id, caller, kind, coalesce(contact_id::text, '') as contact_id,
	coalesce(ticket_id::text, '') as ticket_id, journal, started_at, status, seconds, ended_at, settled_at, outcome`

// Entry is one more thing that is known of a call.
type Entry struct {
	CompanyID, SenderID, SID string
	TeamID                   string        // whose flow the call is in from here on
	Caller                   string        // empty: this line does not say
	Kind                     channels.Kind // of the sender that was called; empty: voice
	Entry                    any           // as it is kept in the journal
	At                       time.Time
	Status                   string // set: the call is over
	Seconds                  *int
	Moved                    bool // TeamID is another than the called number's: an option led there
}

// note adds a line. Lines come in any order: the earliest says when the call
// began, and the first end stands.
const note = `
insert into calls as c (company_id, id, sid, team_id, sender_id, caller, journal, started_at, status, seconds, ended_at, kind)
values ($1, $2, $3, $4, $5, $6, jsonb_build_array($7::jsonb), $8, $9, $10, case when $9 <> '' then $8::timestamptz end, $12)
on conflict (company_id, sender_id, sid) do update set
    journal = case when jsonb_array_length(c.journal) < 300 then c.journal || excluded.journal else c.journal end,
    team_id = case when $11 then excluded.team_id else c.team_id end,
    caller = case when c.caller = '' and c.settled_at is null then excluded.caller else c.caller end,
    started_at = least(c.started_at, excluded.started_at),
    status = case when c.status = '' then excluded.status else c.status end,
    seconds = coalesce(c.seconds, excluded.seconds),
    ended_at = coalesce(c.ended_at, excluded.ended_at)
returning ` + columns

// Note writes the line down and returns the call as it stands with it.
func (l Entry) Note(ctx context.Context, tx sqlx.QueryerContext) (Call, error) {
	var c Call
	entry, err := json.Marshal(l.Entry)
	if err != nil {
		return c, fmt.Errorf("call %s: journal: %w", l.SID, err)
	}
	id := uuid.Must(uuid.NewV7()).String()
	if err := sqlx.GetContext(ctx, tx, &c, note, l.CompanyID, id, l.SID, l.TeamID, l.SenderID, l.Caller, string(entry),
		l.At, l.Status, l.Seconds, l.Moved, cmp.Or(l.Kind, channels.Voice)); err != nil {
		return c, fmt.Errorf("call %s: journal: %w", l.SID, err)
	}
	return c, nil
}

const arm = `
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
values ($1, $2, $3, $4, 'call', $5, $6, $7, '{}')
on conflict (company_id, sender_id, provider_id) do update set due_at = excluded.due_at where events.handled_at is null`

// Arm sets the call's timer, and when its provider is asked first what the call
// is doing; the zero time: it is not.
func (c Call) Arm(ctx context.Context, tx sqlx.ExecerContext, due, ask time.Time) error {
	if _, err := tx.ExecContext(ctx, askAt, c.CompanyID, c.ID, sql.NullTime{Time: ask, Valid: !ask.IsZero()}); err != nil {
		return fmt.Errorf("call %s: %w", c.SID, err)
	}
	return c.arm(ctx, tx, due)
}

func (c Call) arm(ctx context.Context, tx sqlx.ExecerContext, due time.Time) error {
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.ExecContext(ctx, arm, c.CompanyID, id, c.TeamID, c.SenderID, c.SID, c.StartedAt, due); err != nil {
		return fmt.Errorf("call %s: timer: %w", c.SID, err)
	}
	return nil
}

// ErrNone is a call that nobody told us of.
var ErrNone = errors.New("no such call")

const find = `select ` + columns + ` from calls where company_id = $1 and sender_id = $2 and sid = $3 for update`

// Find locks a call.
func Find(ctx context.Context, tx sqlx.QueryerContext, company, sender, sid string) (Call, error) {
	var c Call
	err := sqlx.GetContext(ctx, tx, &c, find, company, sender, sid)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("call %s: %w", sid, ErrNone)
	}
	if err != nil {
		return c, fmt.Errorf("call %s: %w", sid, err)
	}
	return c, nil
}

// Settlement is what a call came to.
type Settlement struct {
	Contact, Ticket string // empty: none
	Outcome, Step   string
	Waited          time.Duration
	Advisor         string // empty: nobody answered
	EndedAt         time.Time
	At              time.Time
}

const settle = `
update calls set contact_id = nullif($3, '')::uuid, ticket_id = nullif($4, '')::uuid, outcome = $5, step = $6, waited = $7,
    advisor = nullif($8, '')::uuid, ended_at = $9, settled_at = $10, ask_at = null
where company_id = $1 and id = $2`

// Settle writes down what the call came to.
func (c Call) Settle(ctx context.Context, tx sqlx.ExecerContext, s Settlement) error {
	if _, err := tx.ExecContext(ctx, settle, c.CompanyID, c.ID, s.Contact, s.Ticket, s.Outcome, s.Step, int(s.Waited.Seconds()),
		s.Advisor, s.EndedAt, s.At); err != nil {
		return fmt.Errorf("call %s: settle: %w", c.SID, err)
	}
	return nil
}

const lastAdvisor = `
select coalesce(t.assignee::text, '') from addresses a
join tickets t on t.company_id = $1 and t.team_id = $2 and t.contact_id = a.contact_id and t.status <> 'closed' and t.opened_at >= $4::timestamptz - interval '168 hours'
where a.company_id = $1 and a.kind = 'phone' and a.address = $3
order by t.opened_at desc limit 1`

// LastAdvisor is who has the caller's newest open ticket, at most a week old;
// empty when nobody has, or the database does not say.
func LastAdvisor(ctx context.Context, q sqlx.QueryerContext, company, team, caller string, now time.Time) string {
	var advisor string
	if err := q.QueryRowxContext(ctx, lastAdvisor, company, team, caller, now).Scan(&advisor); err != nil {
		return ""
	}
	return advisor
}

// Answered is the id of the event that an advisor took the call on that leg.
func Answered(leg string) string { return leg + "/answered" }

// accepted asks for the event itself: it is written down while the advisor's
// key is answered, and the call's journal only afterwards.
const accepted = `select exists (select from events where company_id = $1 and sender_id = $2 and provider_id = $3)`

// Accepted reports whether an advisor took the call on that leg; false when the
// database does not say.
func Accepted(ctx context.Context, q sqlx.QueryerContext, company, sender, leg string) bool {
	var yes bool
	return leg != "" && q.QueryRowxContext(ctx, accepted, company, sender, Answered(leg)).Scan(&yes) == nil && yes
}
