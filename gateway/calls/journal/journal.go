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
	"github.com/lib/pq"

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
	AskAt     *time.Time      `db:"ask_at"` // when its provider is asked what it is doing; nil: it is not
	SettledAt *time.Time      `db:"settled_at"`
	Outcome   string          `db:"outcome"` // empty until then
}

const columns = `company_id, id, sid, team_id, sender_id, caller, kind, coalesce(contact_id::text, '') as contact_id,
	coalesce(ticket_id::text, '') as ticket_id, journal, started_at, status, seconds, ended_at, ask_at, settled_at, outcome`

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

// note adds lines, each to another call. Lines come in any order: the earliest says when
// the call began, and the first end stands.
const note = `
with given as (
    select * from json_to_recordset($1) as g (company_id uuid, id uuid, sid text, team_id uuid, sender_id uuid, caller text, entry jsonb,
        at timestamptz, status text, seconds int, kind text, moved boolean)
)
insert into calls as c (company_id, id, sid, team_id, sender_id, caller, journal, started_at, status, seconds, ended_at, kind)
select company_id, id, sid, team_id, sender_id, caller, jsonb_build_array(entry), at, status, seconds, case when status <> '' then at end, kind from given
on conflict (company_id, sender_id, sid) do update set
    journal = case when jsonb_array_length(c.journal) < 300 then c.journal || excluded.journal else c.journal end,
    team_id = case when exists (select from given g where g.moved and g.sender_id = c.sender_id and g.sid = c.sid) then excluded.team_id else c.team_id end,
    caller = case when c.caller = '' and c.settled_at is null then excluded.caller else c.caller end,
    started_at = least(c.started_at, excluded.started_at),
    status = case when c.status = '' then excluded.status else c.status end,
    seconds = coalesce(c.seconds, excluded.seconds),
    ended_at = coalesce(c.ended_at, excluded.ended_at)
returning ` + columns

// given is an Entry as note reads it.
type given struct {
	CompanyID string        `json:"company_id"`
	ID        string        `json:"id"`
	SID       string        `json:"sid"`
	TeamID    string        `json:"team_id"`
	SenderID  string        `json:"sender_id"`
	Caller    string        `json:"caller"`
	Entry     any           `json:"entry"`
	At        time.Time     `json:"at"`
	Status    string        `json:"status"`
	Seconds   *int          `json:"seconds"`
	Kind      channels.Kind `json:"kind"`
	Moved     bool          `json:"moved"`
}

// Note writes lines down, each of another call, and returns the calls in the same order,
// as they stand with them.
func Note(ctx context.Context, tx sqlx.QueryerContext, lines ...Entry) ([]Call, error) {
	rows := make([]given, len(lines))
	for n, l := range lines {
		rows[n] = given{
			l.CompanyID, uuid.Must(uuid.NewV7()).String(), l.SID, l.TeamID, l.SenderID, l.Caller, l.Entry, l.At, l.Status, l.Seconds,
			cmp.Or(l.Kind, channels.Voice), l.Moved,
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var noted []Call
	if err := sqlx.SelectContext(ctx, tx, &noted, note, string(raw)); err != nil {
		return nil, fmt.Errorf("journal of %d calls: %w", len(lines), err)
	}
	byLine := map[[2]string]Call{}
	for _, c := range noted {
		byLine[[2]string{c.SenderID, c.SID}] = c
	}
	inOrder := make([]Call, len(lines))
	for n, l := range lines {
		inOrder[n] = byLine[[2]string{l.SenderID, l.SID}]
	}
	return inOrder, nil
}

// Timer is when a call is settled, if nothing more is told of it, and when its provider
// is asked before what the call is doing; the zero time: it is not.
type Timer struct {
	Call

	Due, Ask time.Time
}

const arm = `
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
select company_id, id, team_id, sender_id, 'call', sid, occurred_at, due_at, '{}'
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::timestamptz[])
    as t (company_id, id, team_id, sender_id, sid, occurred_at, due_at)
on conflict (company_id, sender_id, provider_id) do update set due_at = excluded.due_at where events.handled_at is null`

// Arm sets timers, each of another call.
func Arm(ctx context.Context, tx sqlx.ExecerContext, timers ...Timer) error {
	var companies, ids, teams, senders, sids []string
	var began, due []time.Time
	for _, t := range timers {
		if !t.Ask.IsZero() || t.AskAt != nil {
			if _, err := tx.ExecContext(ctx, askAt, t.CompanyID, t.ID, sql.NullTime{Time: t.Ask, Valid: !t.Ask.IsZero()}); err != nil {
				return fmt.Errorf("call %s: %w", t.SID, err)
			}
		}
		companies, ids, teams = append(companies, t.CompanyID), append(ids, uuid.Must(uuid.NewV7()).String()), append(teams, t.TeamID)
		senders, sids = append(senders, t.SenderID), append(sids, t.SID)
		began, due = append(began, t.StartedAt), append(due, t.Due)
	}
	if len(timers) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, arm, pq.Array(companies), pq.Array(ids), pq.Array(teams), pq.Array(senders), pq.Array(sids),
		pq.Array(began), pq.Array(due)); err != nil {
		return fmt.Errorf("timers of %d calls: %w", len(timers), err)
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
