package gateway

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/events"
)

// statement bounds the database's part in one step of work.
const statement = 10 * time.Second

// maxBatch is how many events of a team are handled in one transaction at the
// most, and batchBudget is when it ends before: well before its time is over.
const (
	maxBatch    = 128
	batchBudget = statement / 5
)

// asyncCommit lets a commit return before it is on disk. All that handling writes
// follows from events that are on disk: a database that crashes in this moment
// comes back with the events unhandled and nothing of what they led to. Nothing
// has left the house by then, because the commit that claims a delivery waits
// for the disk, and so for every commit before it.
const asyncCommit = `set local synchronous_commit to off`

// handleNext handles some due events of one team in one transaction: everything
// they lead to is written, or nothing. False: none is due.
func (g *Gateway) handleNext(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	var claimed []events.Event
	err := g.handling(ctx, func(tx *sqlx.Tx) ([]events.Event, error) {
		look := g.from(g.starts.events, events.Oldest)
		look.Except = g.gatheringTeams.now()
		var err error
		claimed, err = events.Claim(ctx, tx, g.Clock.Queue(), look, maxBatch)
		return claimed, err
	})
	if n := len(claimed); err == nil && n > 0 && n < maxBatch {
		g.gather(claimed[0].TeamID)
	}
	if err == nil || len(claimed) == 0 {
		return len(claimed) > 0, err
	}
	if len(claimed) == 1 {
		return true, g.fault(ctx, claimed[0], err)
	}
	return true, g.handleApart(claimed) // by which the one that fails is found
}

// handleApart handles events that failed together, each in a transaction of its
// own, until one meets trouble of the database's: the next would meet it too, and
// so many time limits one after the other would keep the process from ending.
func (g *Gateway) handleApart(claimed []events.Event) error {
	for _, e := range claimed {
		failed := g.handleAlone(e)
		if failed == nil {
			continue
		}
		if err := g.fault(context.Background(), e, failed); err != nil || events.Troubled(failed) {
			return err
		}
	}
	return nil
}

// handleAlone handles an event that was claimed before, with others.
func (g *Gateway) handleAlone(e events.Event) error {
	ctx, cancel := context.WithTimeout(context.Background(), statement)
	defer cancel()
	return g.handling(ctx, func(tx *sqlx.Tx) ([]events.Event, error) { return events.Reclaim(ctx, tx, e) })
}

// handling is one transaction: what is claimed in it is handled, as far as the time
// reaches, and marked so.
func (g *Gateway) handling(ctx context.Context, claim func(*sqlx.Tx) ([]events.Event, error)) error {
	began := time.Now()
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("handle: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	claimed, err := claim(tx)
	if err != nil {
		return err
	}
	var changes []Change
	handled := 0
	if len(claimed) > 0 {
		if _, err := tx.ExecContext(ctx, asyncCommit); err != nil {
			return fmt.Errorf("handle: %w", err)
		}
		slices.SortStableFunc(claimed, contactsFirst)
		if changes, handled, err = g.handleAll(ctx, tx, claimed); err != nil {
			return err
		}
		if _, err := events.Done(ctx, tx, claimed[:handled]...); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("handle %d events: %w", handled, err)
	}
	if handled == 0 {
		return nil
	}
	g.countRows(handled)
	g.tell(changes...)
	g.sends.Wake()
	g.traceHandled(ctx, began, changes)
	return nil
}

// contactsFirst puts what customers did before what became of our messages: a
// transaction locks contacts before deliveries, here as everywhere, so that no
// two wait for each other.
func contactsFirst(a, b events.Event) int {
	switch {
	case a.Kind != channels.DeliveryMoved && b.Kind == channels.DeliveryMoved:
		return -1
	case a.Kind == channels.DeliveryMoved && b.Kind != channels.DeliveryMoved:
		return 1
	}
	return 0
}

// handleAll does what a team's events ask for: those that could have a reply
// together, statuses together, calls together, and each of the others for itself. It returns how
// many of them it came to in time. A fault in our own code becomes an error: its
// event is tried again, and its neighbors are not held up.
func (g *Gateway) handleAll(ctx context.Context, tx *sqlx.Tx, claimed []events.Event) (changes []Change, handled int, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("event %s: panic: %v\n%s", claimed[handled].ID, fault, debug.Stack())
		}
	}()
	payloads := make([]any, len(claimed))
	for n, e := range claimed {
		if payloads[n], err = e.Decode(); err != nil {
			return nil, 0, err
		}
	}
	for start := time.Now(); handled < len(claimed) && time.Since(start) < batchBudget; {
		run := alike(payloads[handled:])
		more, err := g.handleRun(ctx, tx, claimed[handled:handled+run], payloads[handled:handled+run])
		if err != nil {
			return nil, handled, err
		}
		changes, handled = append(changes, more...), handled+run
	}
	return changes, handled, nil
}

// road is how an event is handled.
type road int

const (
	alone     road = iota
	concluded      // decided about, with others
	moving         // a status, with others
	calling        // a line of a call's journal, with others
)

func roadOf(payload any) road {
	switch p := payload.(type) {
	case channels.Event:
		switch p.Kind {
		case channels.MessageReceived:
			return concluded
		case channels.DeliveryMoved:
			return moving
		case channels.Noted, channels.StaffWrote, channels.CalledBack:
			return alone
		}
		return calling
	case events.TicketLapse, events.RequestExpired, events.MessagePlanned, events.CallBackLapse, events.SendAgain:
		return alone
	}
	return concluded
}

// alike is how many of the first go the same road together.
func alike(payloads []any) int {
	first := roadOf(payloads[0])
	if first == alone {
		return 1
	}
	n := 1
	for n < len(payloads) && roadOf(payloads[n]) == first {
		n++
	}
	return n
}

// handleRun handles events that go the same road.
func (g *Gateway) handleRun(ctx context.Context, tx *sqlx.Tx, run []events.Event, payloads []any) ([]Change, error) {
	switch roadOf(payloads[0]) {
	case concluded:
		return g.concludeAll(ctx, tx, run, payloads)
	case moving:
		return g.handleStatuses(ctx, tx, run, payloads)
	case calling:
		return g.handleCalls(ctx, tx, run, payloads)
	}
	e := run[0]
	switch p := payloads[0].(type) {
	case events.TicketLapse:
		return g.lapse(ctx, tx, e, p)
	case events.RequestExpired:
		return g.expire(ctx, tx, e, p)
	case events.CallBackLapse:
		return g.lapseBack(ctx, tx, e, p)
	case events.MessagePlanned:
		return g.sayPlanned(ctx, tx, e, p)
	case events.SendAgain:
		return g.sendAgain(ctx, tx, e, p)
	case channels.Event:
		switch e.Kind {
		case channels.Noted: // it is kept for people to see, and most ask for nothing
			return nil, g.templateTold(ctx, tx, e, p.Template)
		case channels.StaffWrote:
			return g.handleEcho(ctx, tx, e, p)
		case channels.CalledBack:
			return g.handleCallBack(ctx, tx, e, p)
		}
	}
	return nil, fmt.Errorf("event %s: nobody handles the kind %q", e.ID, e.Kind)
}

// concludeAll decides about events that could have a reply, each contact's one
// after the other and different contacts' together.
func (g *Gateway) concludeAll(ctx context.Context, tx *sqlx.Tx, run []events.Event, payloads []any) ([]Change, error) {
	all := make([]loading, len(run))
	var changes []Change
	for n, e := range run {
		all[n] = loading{event: e, payload: payloads[n]}
		if received, ok := payloads[n].(channels.Event); ok {
			all[n].received = &received
			if received.Sender == channels.WebChat { // their browsers show it as arrived
				changes = append(changes, Change{Kind: Chatted, CompanyID: e.CompanyID, TeamID: e.TeamID, ID: received.CustomerAddress})
			}
		}
	}
	for len(all) > 0 {
		cases, rest, err := g.loadTogether(ctx, tx, all)
		if err != nil {
			return nil, err
		}
		more, err := g.conclude(ctx, tx, cases)
		if err != nil {
			return nil, err
		}
		changes, all = append(more, changes...), rest
	}
	return changes, nil
}
