package gateway

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// statement bounds the database's part in one step of work.
const statement = 10 * time.Second

// attempts is how often the handling of an event is tried before it is given
// up with a decision that says so.
const attempts = 8

// lazily lets a commit return before it is on disk. All that handling writes
// follows from an event that is on disk: a database that crashes in this
// moment comes back with the event unhandled and nothing of what it led to.
// Nothing has left the house by then, because the commit that claims a
// delivery waits for the disk, and so for every commit before it. It counts
// for much: a team's events queue for the row with what it has spent.
const lazily = `set local synchronous_commit to off`

// handleNext handles one due event in one transaction: everything it leads to
// is written, or nothing. False: none is due.
func (g *Gateway) handleNext(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("handle: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, lazily); err != nil {
		return false, fmt.Errorf("handle: %w", err)
	}
	e, err := events.Claim(ctx, tx, g.Clock.Queue())
	if errors.Is(err, events.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	changes, err := g.handle(ctx, tx, e)
	if err == nil {
		err = events.Done(ctx, tx, e)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		_ = tx.Rollback()
		return true, g.fault(ctx, e, err)
	}
	for _, change := range changes {
		g.Changed(change)
	}
	g.queued.wake()
	return true, nil
}

// handle does what an event asks for. A fault in our own code becomes an
// error: the event is tried again, and its neighbors are not held up.
func (g *Gateway) handle(ctx context.Context, tx *sqlx.Tx, e events.Event) (changes []Change, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("event %s: panic: %v\n%s", e.ID, fault, debug.Stack())
		}
	}()
	told, err := e.Told()
	if err != nil {
		return nil, err
	}
	switch e.Kind {
	case channels.MessageReceived:
		return g.handleMessage(ctx, tx, e, told)
	case channels.DeliveryMoved:
		return g.handleStatus(ctx, tx, e, *told.Status)
	default:
		return nil, fmt.Errorf("event %s: nobody handles the kind %q", e.ID, e.Kind)
	}
}

// handleMessage meets the contact, gathers the situation, decides, and applies.
func (g *Gateway) handleMessage(ctx context.Context, tx *sqlx.Tx, e events.Event, told channels.Event) ([]Change, error) {
	c, err := contacts.Meet(ctx, tx, e.CompanyID, e.TeamID, e.SenderID, told.Sender, told.Theirs, told.Message.Name)
	if err != nil {
		return nil, err
	}
	s, err := g.situation(ctx, tx, e, told, c)
	if err != nil {
		return nil, err
	}
	d := rules.Decide(s)
	if d.Spends() {
		team := s.Team.Team
		within, err := decisions.Reserve(ctx, tx, e.CompanyID, e.TeamID, s.Now, team.AutomaticPerHour, team.AutomaticPerDay)
		if err != nil {
			return nil, err
		}
		if !within { // somebody else's message took the last place
			s.Spent = rules.Spent{Hour: team.AutomaticPerHour, Day: team.AutomaticPerDay}
			d = rules.Decide(s)
		}
	}
	return g.apply(ctx, tx, e, told, c, s, d)
}

// fault puts a failed event off, longer each time. The last time it is given
// up, with a decision, so that the page can say what became of it.
func (g *Gateway) fault(ctx context.Context, e events.Event, cause error) error {
	g.Log.Error("an event could not be handled", "event", e.ID, "attempt", e.Attempts+1, "error", cause)
	if e.Attempts+1 < attempts {
		return events.Postpone(ctx, g.DB, e, cause, g.Clock.Queue(), backoff(e.Attempts))
	}
	if e.Kind == channels.DeliveryMoved {
		return events.Done(ctx, g.DB, e)
	}
	id, err := decisions.NewID()
	if err != nil {
		return err
	}
	given := decisions.Decision{
		CompanyID: e.CompanyID, ID: id, TeamID: e.TeamID, EventID: e.ID, EventKind: string(e.Kind), ProviderID: e.ProviderID,
		Outcome: string(rules.Skipped), Reason: string(rules.ReasonFault), Facts: map[string]any{"attempts": attempts}, At: e.OccurredAt,
	}
	if err := given.Insert(ctx, g.DB); err != nil {
		return err
	}
	return events.Done(ctx, g.DB, e)
}
