package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/settings"
)

// Trial is an event that did not happen, to see what would come of it.
type Trial struct {
	CompanyID, TeamID string
	At                time.Time
	Contact           string // id or address; empty: somebody new
	Message           *channels.Message
	Kinds             []channels.Kind // of the sender that the event comes to, whichever the team has
	Call              *TrialCall      // set: a call instead of a message
	Creates           bool            // a ticket, with the message, instead of writing it
	Ask               *TrialAsk       // set: something that an advisor does
}

// TrialCall is how a call goes that did not happen. One of the two is set.
type TrialCall struct {
	Outcome string        // as the rules name it
	Step    channels.Step // where the caller hangs up
}

// Tried is what would come of an event.
type Tried struct {
	Automation *string         `db:"automation"`
	Outcome    string          `db:"outcome"`
	Reason     string          `db:"reason"`
	Facts      json.RawMessage `db:"facts"`
	Contact    *string         `db:"contact_id"`
	Ticket     *string         `db:"ticket_id"` // of a ticket that was there before
	Text       string          `db:"text"`      // of a reply that is held back, too
	Channel    *channels.Kind  `db:"channel"`   // nil: nothing goes out
}

// Try does all that handling an event does, in a transaction that is taken
// back: what is decided is decided by the live road itself, down to the
// ticket's number. Nothing stays, and no sender of messages sees it.
func (g *Gateway) Try(ctx context.Context, db *sqlx.DB, t Trial) (Tried, error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `set local lock_timeout to '5s'`); err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	team, err := settings.Load(ctx, tx, t.CompanyID, t.TeamID)
	if err != nil {
		return Tried{}, err
	}
	d := dryRun{
		Trial: t, tx: tx, team: team, sender: firstSender(team, t.Kinds), sid: "dry" + uuid.NewString(), began: uuid.Must(uuid.NewV7()).String(),
	}
	if d.from, err = d.address(ctx); err != nil {
		return Tried{}, err
	}
	d.gateway = &Gateway{Config: g.Config, byKind: g.byKind}
	d.gateway.Changed = func(Change) {}
	d.at(t.At)
	switch {
	case t.Call != nil:
		return d.call(ctx)
	case t.Ask != nil:
		return d.ask(ctx)
	case t.Creates:
		return d.create(ctx)
	}
	told := channels.Event{Kind: channels.MessageReceived, Sender: d.sender.Kind, CustomerAddress: d.from, SenderAddress: d.sender.Address, Message: t.Message}
	event, err := d.handle(ctx, told, t.At)
	if err != nil {
		return Tried{}, err
	}
	return d.read(ctx, event)
}

// dryRun is one trial under way.
type dryRun struct {
	Trial
	gateway *Gateway // another than the one at work: its clock stands where the trial is
	tx      *sqlx.Tx
	team    *settings.Snapshot
	sender  settings.Sender // its id is uuid.Nil when the team has none of the kind
	from    string
	sid     string
	began   string // an id that is older than all that the trial makes
}

func firstSender(team *settings.Snapshot, kinds []channels.Kind) settings.Sender {
	for _, kind := range kinds {
		for _, s := range team.Senders {
			if s.Kind == kind {
				return s
			}
		}
	}
	return settings.Sender{ID: uuid.Nil.String(), Kind: kinds[0]}
}

// at holds the trial's clock at an instant.
func (d *dryRun) at(t time.Time) {
	d.gateway.Clock = &clock.Clock{}
	d.gateway.Clock.Stop(t)
}

// handle puts an event on the live road, and returns its id.
func (d *dryRun) handle(ctx context.Context, told channels.Event, at time.Time) (string, error) {
	payload, err := json.Marshal(told)
	if err != nil {
		return "", fmt.Errorf("dry run: %w", err)
	}
	e := events.Event{
		CompanyID: d.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: d.TeamID, SenderID: d.sender.ID, Kind: told.Kind,
		ProviderID: cmp.Or(told.ProviderID, d.sid), OccurredAt: at.UTC(), Payload: payload,
	}
	if _, err := d.gateway.handle(ctx, d.tx, e); err != nil {
		return "", fmt.Errorf("dry run: %w", err)
	}
	return e.ID, nil
}

const tried = `
select d.automation, d.outcome, d.reason, d.facts, d.contact_id, d.ticket_id, d.text, o.kind as channel
from decisions d left join deliveries o on o.company_id = d.company_id and o.id = d.delivery_id
where d.company_id = $1 and d.event_id = $2`

// read is what was decided. What the trial made itself has no id that anybody
// could look up.
func (d *dryRun) read(ctx context.Context, event string) (Tried, error) {
	var t Tried
	if err := d.tx.GetContext(ctx, &t, tried, d.CompanyID, event); err != nil {
		return t, fmt.Errorf("dry run: the decision: %w", err)
	}
	const made = `select (select 1 from tickets where company_id = $1 and id = $2 and xmin = pg_current_xact_id()::xid) is not null,
		(select 1 from contacts where company_id = $1 and id = $3 and xmin = pg_current_xact_id()::xid) is not null`
	var newTicket, newContact bool
	if err := d.tx.QueryRowxContext(ctx, made, d.CompanyID, t.Ticket, t.Contact).Scan(&newTicket, &newContact); err != nil {
		return t, fmt.Errorf("dry run: %w", err)
	}
	if newTicket {
		t.Ticket = nil
	}
	if newContact {
		t.Contact = nil
	}
	return t, nil
}

const addressOf = `select coalesce((select address from addresses where company_id = $1 and contact_id = $2 and kind = any($3)
	order by kind <> 'phone', created_at, address limit 1), '')`

// address is where the customer writes or calls from.
func (d *dryRun) address(ctx context.Context) (string, error) {
	switch {
	case d.Contact == "":
		return contacts.Unaddressed(ctx, d.tx, d.CompanyID, d.sender.Kind, d.team.Team.AllowedCountries)
	case uuid.Validate(d.Contact) != nil:
		return d.Contact, nil
	}
	_, err := contacts.Find(ctx, d.tx, d.CompanyID, d.TeamID, d.Contact)
	if errors.Is(err, settings.ErrNotFound) {
		return "", settings.Invalid{{Field: "contact", Detail: "must be the id of a contact of this team, or an address"}}
	}
	if err != nil {
		return "", err
	}
	var address string
	if err := d.tx.GetContext(ctx, &address, addressOf, d.CompanyID, d.Contact, contacts.KindsOf(d.sender.Kind)); err != nil {
		return "", fmt.Errorf("dry run: %w", err)
	}
	if address == "" && d.Call == nil && d.Ask == nil && !d.Creates {
		return "", settings.Invalid{{Field: "contact", Detail: "has no address from which they could write on this channel"}}
	}
	return address, nil
}

// call plays a call to its end, line by line as a provider would tell it, and
// settles it.
func (d *dryRun) call(ctx context.Context) (Tried, error) {
	for _, line := range d.Call.lines() {
		moment := d.At.Add(line.after)
		d.at(moment)
		told := channels.Event{Kind: line.kind, ProviderID: d.sid + "/" + string(line.kind), Sender: channels.Voice, CustomerAddress: d.from, SenderAddress: d.sender.Address, Call: &line.call}
		told.Call.ID = d.sid
		if _, err := d.handle(ctx, told, moment); err != nil {
			return Tried{}, err
		}
	}
	t, event, err := d.settle(ctx, rules.CallSettled, d.sid)
	if err != nil || t.Outcome != string(rules.Deferred) {
		return t, err
	}
	later, _, err := d.settle(ctx, journal.Held, d.sid+"/held")
	if err != nil {
		return t, err
	}
	if later, err = d.read(ctx, event); err == nil {
		t.Text, t.Channel = later.Text, later.Channel
	}
	return t, err
}

const timer = `select id, due_at from events where company_id = $1 and sender_id = $2 and provider_id = $3`

// settle lets the call's timer run out.
func (d *dryRun) settle(ctx context.Context, kind channels.EventKind, name string) (Tried, string, error) {
	e := events.Event{CompanyID: d.CompanyID, TeamID: d.TeamID, SenderID: d.sender.ID, Kind: kind, ProviderID: name, OccurredAt: d.At, Payload: []byte(`{}`)}
	var due time.Time
	if err := d.tx.QueryRowxContext(ctx, timer, d.CompanyID, d.sender.ID, name).Scan(&e.ID, &due); err != nil {
		return Tried{}, "", fmt.Errorf("dry run: the call's timer: %w", err)
	}
	d.at(due)
	if _, err := d.gateway.handle(ctx, d.tx, e); err != nil {
		return Tried{}, "", fmt.Errorf("dry run: %w", err)
	}
	if kind == journal.Held {
		return Tried{}, e.ID, nil
	}
	t, err := d.read(ctx, e.ID)
	return t, e.ID, err
}
