package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
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
	Automation *string
	Outcome    string
	Reason     string
	Facts      json.RawMessage
	Contact    *string        // of one who was known before
	Ticket     *string        // of a ticket that was there before
	Text       string         // of a reply that is held back, too
	Channel    *channels.Kind // nil: nothing goes out
}

// Try loads and decides as handling an event does, down to the ticket's number,
// and writes nothing of what follows. The transaction is taken back, with the
// contact that may be new in it, and with what an advisor does in the trial.
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
		Trial: t, tx: tx, team: team, sender: firstSender(team, t.Kinds), began: uuid.Must(uuid.NewV7()).String(),
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
	return d.message(ctx)
}

// dryRun is one trial under way.
type dryRun struct {
	Trial
	gateway *Gateway // another than the one at work: its clock stands where the trial is
	tx      *sqlx.Tx
	team    *settings.Snapshot
	sender  settings.Sender // its id is uuid.Nil when the team has none of the kind
	from    string
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

// message decides about what the customer writes.
func (d *dryRun) message(ctx context.Context) (Tried, error) {
	received := channels.Event{Kind: channels.MessageReceived, Sender: d.sender.Kind, CustomerAddress: d.from, SenderAddress: d.sender.Address, Message: d.Message}
	e := events.Event{
		CompanyID: d.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: d.TeamID, SenderID: d.sender.ID, Kind: received.Kind, OccurredAt: d.At.UTC(),
	}
	cases, _, err := d.gateway.loadTogether(ctx, d.tx, []loading{{event: e, received: &received}})
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	return d.decide(ctx, &cases[0])
}

// decide decides about a case, as the live road does, and says what would come
// of it. No place below a cap and no ticket number is taken.
func (d *dryRun) decide(ctx context.Context, c *effects.Case) (Tried, error) {
	c.Decision, c.IDs = rules.Decide(c.Situation), newIDs()
	if c.Opens() {
		var err error
		if c.Number, err = tickets.NextNumber(ctx, d.tx, d.CompanyID); err != nil {
			return Tried{}, fmt.Errorf("dry run: %w", err)
		}
	}
	if err := giveTurns(ctx, d.tx, []*effects.Case{c}, tickets.Served); err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	changes, err := effects.Of(*c)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	made := append(changes.Decisions, changes.Released...)[0]
	facts, err := json.Marshal(made.Facts)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	t := Tried{Outcome: made.Outcome, Reason: made.Reason, Facts: facts, Text: made.Text}
	if made.Automation != "" {
		t.Automation = &made.Automation
	}
	for _, out := range changes.Deliveries {
		t.Channel = &out.Kind
	}
	return t, d.before(ctx, &t, made)
}

// released is what would come of an event whose reply waits: the decision that
// puts it off, with the text that goes out in the end.
func (d *dryRun) released(ctx context.Context, first Tried, c *effects.Case) (Tried, error) {
	if c.Deferred == nil {
		c.Deferred = &decisions.Decision{}
	}
	last, err := d.decide(ctx, c)
	first.Text, first.Channel = last.Text, last.Channel
	return first, err
}

const standing = `
select (select id from tickets where company_id = $1 and id = nullif($2, '')::uuid and xmin <> pg_current_xact_id()::xid) as ticket,
	(select id from contacts where company_id = $1 and id = nullif($3, '')::uuid and xmin <> pg_current_xact_id()::xid) as contact`

// before says which ticket and contact a decision is about, if they were there
// before the trial. What the trial made itself has no id that anybody could
// look up.
func (d *dryRun) before(ctx context.Context, t *Tried, made decisions.Decision) error {
	if err := d.tx.QueryRowxContext(ctx, standing, d.CompanyID, made.TicketID, made.ContactID).Scan(&t.Ticket, &t.Contact); err != nil {
		return fmt.Errorf("dry run: %w", err)
	}
	if d.Ask != nil && d.Ask.Ticket != "" && d.Ask.Ticket == made.TicketID { // its new status is the trial's, and the ticket is not
		t.Ticket = &d.Ask.Ticket
	}
	return nil
}

const addressOf = `select coalesce((select address from addresses where company_id = $1 and contact_id = $2 and kind = any($3)
	order by kind <> 'phone', created_at, address limit 1), '')`

// address is where the customer writes or calls from.
func (d *dryRun) address(ctx context.Context) (string, error) {
	switch {
	case d.Contact == "":
		return contacts.Unaddressed(ctx, d.tx, d.CompanyID, d.sender.Kind, d.team.Team.AllowedCountries)
	case !settings.IsID(d.Contact):
		return d.Contact, nil
	}
	_, err := contacts.Find(ctx, d.tx, d.CompanyID, d.TeamID, d.Contact)
	if errors.Is(err, settings.ErrNotFound) {
		return "", settings.Refuse("contact", "trial_contact")
	}
	if err != nil {
		return "", err
	}
	var address string
	if err := d.tx.GetContext(ctx, &address, addressOf, d.CompanyID, d.Contact, contacts.KindsOf(d.sender.Kind)); err != nil {
		return "", fmt.Errorf("dry run: %w", err)
	}
	if address == "" && d.Call == nil && d.Ask == nil && !d.Creates {
		return "", settings.Refuse("contact", "trial_channel")
	}
	return address, nil
}
