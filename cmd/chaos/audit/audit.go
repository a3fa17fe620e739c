package audit

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/simulator/twilio"
	"ringback/cmd/chaos/load"
	"ringback/gateway/deliveries"
)

// UnderWay is how long after a STOP was acknowledged a message may reach the provider
// that had left before.
const UnderWay = time.Second

// claimed is how long a message that was claimed before a STOP may take to leave: as
// long as its lease.
const claimed = deliveries.Lease

// Span is a time in which what reached the provider may have left long before, because
// the network to it was slow or silent.
type Span struct{ From, To time.Time }

// Facts are what is worth knowing and no fault.
type Facts struct {
	Told, Acknowledged map[load.Kind]int
	Taken              int // by the provider
	Spooled            int // events that Postgres had after they were acknowledged
	// BetweenSpools are texts of one person that two processes acknowledged while one
	// of them had no Postgres: their order is nobody's to know.
	BetweenSpools int
	// Unheard are messages that left one process while another had a STOP in its spool.
	Unheard  int
	States   map[string]int // of deliveries
	Expired  int            // replies that came too late to make sense
	Canceled int
}

// Amount is how much was told and sent, in words.
func (f Facts) Amount() string {
	var kinds []string
	total := 0
	for _, kind := range slices.Sorted(maps.Keys(f.Acknowledged)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, f.Acknowledged[kind]))
		total += f.Acknowledged[kind]
	}
	return fmt.Sprintf("%d things told and acknowledged (%s), %d messages taken by the provider, %d events by way of a spool",
		total, strings.Join(kinds, ", "), f.Taken, f.Spooled)
}

// Unjudged is what was counted and not judged, in words.
func (f Facts) Unjudged() string {
	return fmt.Sprintf("%d pairs of one person's texts were in two gateways' spools, and %d messages left while another gateway's spool had the STOP: "+
		"of such orders nobody can know. %d replies came too late to make sense (15 minutes), %d were canceled.", f.BetweenSpools, f.Unheard, f.Expired, f.Canceled)
}

// look is what there is to compare.
type look struct {
	facts      Facts
	found      []Finding
	told       []load.Told
	events     map[string]event // by the provider's id
	deliveries map[string]*delivery
	inOrder    []*delivery
	sent       []twilio.Message
	stops      map[string][]silence // by customer
	late       []Span
}

type event struct {
	ProviderID string    `db:"provider_id"`
	Seq        int64     `db:"seq"`
	CreatedAt  time.Time `db:"created_at"`
	Turn       int64     `db:"turn"`
}

type delivery struct {
	ID         string     `db:"id"`
	Seq        int64      `db:"seq"`
	TeamID     string     `db:"team_id"`
	From       string     `db:"from_address"`
	To         string     `db:"to_address"`
	Text       string     `db:"text"`
	State      string     `db:"state"`
	ProviderID string     `db:"provider_id"`
	Error      string     `db:"error"`
	Reason     string     `db:"reason"` // of the decision
	DueAt      *time.Time `db:"due_at"`
	TriedAt    *time.Time `db:"tried_at"`
	Claims     int        `db:"claims"`
	taken      []twilio.Message
}

const (
	// No index leads from an event to its messages, and a long campaign has a hundred
	// thousand of both: they are put beside each other as two sets.
	allEvents = `
select provider_id, e.seq, created_at, coalesce(m.turn, 0) as turn
from events e left join (select company_id, event_id, min(seq) as turn from messages group by company_id, event_id) m
	on m.company_id = e.company_id and m.event_id = e.id`
	allDeliveries = `
select d.id, d.seq, d.team_id, from_address, to_address, d.text, state, coalesce(d.provider_id, '') as provider_id, error, coalesce(made.reason, '') as reason, due_at, tried_at, claims
from deliveries d left join decisions made on made.company_id = d.company_id and made.id = d.decision_id order by d.seq`
)

// Look finds what may not be, once all that was told is acknowledged and nothing is
// due any more. Sent is what the provider got, and late is when it got that late.
func Look(ctx context.Context, db *sqlx.DB, teams []load.Team, sent []twilio.Message, told []load.Told, late ...Span) ([]Finding, Facts, error) {
	l := &look{
		told: told, sent: sent, late: late, events: map[string]event{}, deliveries: map[string]*delivery{}, stops: map[string][]silence{},
		facts: Facts{Told: map[load.Kind]int{}, Acknowledged: map[load.Kind]int{}, States: map[string]int{}, Taken: len(sent)},
	}
	var companies []string
	if err := db.SelectContext(ctx, &companies, `select id from companies`); err != nil {
		return nil, l.facts, fmt.Errorf("the companies: %w", err)
	}
	for _, company := range companies {
		found, err := Rows(ctx, db, company, nil) // what was acknowledged is looked for below, in memory
		if err != nil {
			return nil, l.facts, err
		}
		l.found = append(l.found, found...)
	}
	if err := l.read(ctx, db); err != nil {
		return nil, l.facts, err
	}
	l.lookAtTold()
	l.lookAtSent()
	l.lookAtReplies()
	l.lookAtDeliveries()
	err := l.lookAtTables(ctx, db, teams)
	return l.found, l.facts, err
}

func (l *look) read(ctx context.Context, db *sqlx.DB) error {
	var events []event
	if err := db.SelectContext(ctx, &events, allEvents); err != nil {
		return fmt.Errorf("the events: %w", err)
	}
	for _, e := range events {
		l.events[e.ProviderID] = e
	}
	if err := db.SelectContext(ctx, &l.inOrder, allDeliveries); err != nil {
		return fmt.Errorf("the deliveries: %w", err)
	}
	for _, d := range l.inOrder {
		l.deliveries[d.ID] = d
		l.facts.States[d.State]++
	}
	return nil
}

func (l *look) finds(property, format string, args ...any) {
	l.found = append(l.found, Finding{property, fmt.Sprintf(format, args...)})
}

// deliveryOf is our id of a message, which its status callback's address tells.
func deliveryOf(m twilio.Message) string {
	u, err := url.Parse(m.Callback)
	if err != nil {
		return ""
	}
	return u.Query().Get("delivery")
}

// clock is how a moment is written in a finding, to be found in logs.
func clock(t time.Time) string { return t.UTC().Format("15:04:05.000") }
