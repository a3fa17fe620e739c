package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/ask"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/transaction"
)

// A call that the staff made and of which nothing more is told is taken for over:
// backLapses after it was asked for, and when an advisor took it, after the longest
// call that a provider carries.
const (
	backLapses  = 5 * time.Minute
	backLongest = 4*time.Hour + 10*time.Minute
)

// MakeCallBack writes down in the transaction that the call is to be made. A crash
// before PlaceCallBack rings nobody, and the timer says so.
func MakeCallBack(ctx context.Context, tx sqlx.ExecerContext, b journal.Back) error {
	err := b.Insert(ctx, tx)
	if err == nil {
		err = armBack(ctx, tx, b, b.StartedAt.Add(backLapses))
	}
	return err
}

func armBack(ctx context.Context, tx sqlx.ExecerContext, b journal.Back, due time.Time) error {
	return events.InternalEvent{
		CompanyID: b.CompanyID, TeamID: b.TeamID, Name: "call_back/" + b.ID + "/" + due.UTC().Format(time.RFC3339), At: b.StartedAt, Due: due,
		Payload: events.CallBackLapse{Contact: b.ContactID, Ticket: b.TicketID, Call: b.ID},
	}.Raise(ctx, tx)
}

// PlaceCallBack has the advisor's phone rung, once: a provider that may be ringing it
// already is not asked again. The error is a *channels.SendError when it surely rings
// nobody, and then the call is over.
func (g *Gateway) PlaceCallBack(ctx context.Context, b journal.Back, from settings.Sender, phone string) error {
	account, err := g.account(ctx, channels.Voice, from.Account)
	if err != nil {
		return err
	}
	placing, cancel := context.WithTimeout(ctx, call)
	defer cancel()
	sid, err := g.dial(placing, account, channels.OutgoingCall{
		From: from.Address, To: phone, Seconds: calls.BackRings, Place: calls.BackPlace(from.ID, b.ID), PublicURL: g.PublicURL(),
	})
	var refused *channels.SendError
	if errors.As(err, &refused) && refused.Retry == channels.Look {
		g.Log.Warn("nobody knows whether an advisor's phone rings", "call", b.ID, "error", err)
		return nil
	}
	noting := context.WithoutCancel(ctx)
	if err != nil {
		now := g.Clock.Now()
		return errors.Join(err, b.Tell(noting, g.DB, journal.Progress{Outcome: string(calls.NotPlaced), EndedAt: &now}))
	}
	return transaction.Run(noting, g.DB, func(tx *sqlx.Tx) error { // its callbacks may have been faster
		now, err := journal.LockBack(noting, tx, b.CompanyID, b.ID)
		if err != nil {
			return err
		}
		return now.Tell(noting, tx, journal.Progress{SID: sid, Outcome: now.Outcome})
	})
}

func (g *Gateway) dial(ctx context.Context, account channels.Account, out channels.OutgoingCall) (string, error) {
	for _, channel := range g.Channels {
		if dialer, ok := channel.(channels.Dialer); ok {
			return dialer.Dial(ctx, account, out)
		}
	}
	return "", &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("nothing here makes calls")}
}

// callBack says what an advisor who calls back hears next. Whom they call is known
// from the database alone: while that does not say, nobody is rung.
func (g *Gateway) callBack(ctx context.Context, called settings.Called, asked channels.CallRequest) channels.Script {
	b, err := ask.Within(ctx, slowTimeout, func(asking context.Context) (journal.Back, error) {
		if g.DB == nil {
			return journal.Back{}, journal.ErrNone
		}
		return journal.FindBack(asking, g.DB, called.Sender.CompanyID, asked.Place.Call)
	})
	script, lines := channels.Script{channels.Hangup{}}, []calls.Step(nil)
	if err == nil && b.SettledAt == nil && b.SenderID == called.Sender.ID && b.Customer != "" {
		script, lines = calls.NextBack(calls.Question{
			Team: called.Team, Sender: called.Sender.ID, Number: called.Sender.Address, Place: asked.Place, Caller: b.Customer,
			Digits: asked.Digits, Dial: asked.Event.Call.Dial, Now: g.Clock.Now(),
		})
	}
	told := []channels.Event{named(asked.Event, called)}
	for _, line := range lines {
		step := told[0]
		step.ProviderID, step.Raw = asked.Event.ProviderID+"/"+string(line.Step), nil
		step.Call = &channels.Call{ID: asked.Event.Call.ID, Back: asked.Place.Call, Step: line.Step}
		told = append(told, step)
	}
	g.journal(ctx, slowTimeout, told)
	if asked.Over {
		return nil
	}
	return script
}

// handleCallBack adds a line to the journal of a call that the staff made, and does
// what follows from its having reached the customer: as after an advisor's message,
// nobody waits for us, and what was held back is dropped.
func (g *Gateway) handleCallBack(ctx context.Context, tx *sqlx.Tx, e events.Event, told channels.Event) ([]Change, error) {
	b, err := journal.LockBack(ctx, tx, e.CompanyID, told.Call.Back)
	if errors.Is(err, journal.ErrNone) {
		return nil, nil
	}
	if err != nil || b.Customer == "" {
		return nil, err
	}
	var entries []calls.Entry
	if err := json.Unmarshal(b.Journal, &entries); err != nil {
		return nil, fmt.Errorf("call back %s: journal: %w", b.ID, err)
	}
	line := calls.Entry{Kind: e.Kind, At: e.OccurredAt, Call: *told.Call}
	entries = append(slices.Clone(entries), line)
	outcome, spoke, over := calls.SettleBack(entries)
	p := journal.Progress{Entry: line, SID: told.Call.ID, Outcome: b.Outcome, Spoke: spoke}
	if over {
		p.EndedAt = &e.OccurredAt
	}
	if over || outcome == calls.Answered {
		p.Outcome = string(outcome)
	}
	if err := b.Tell(ctx, tx, p); err != nil {
		return nil, err
	}
	changes := []Change{{Kind: "call", CompanyID: b.CompanyID, TeamID: b.TeamID, ID: b.ID}, {Kind: "ticket", CompanyID: b.CompanyID, TeamID: b.TeamID, ID: b.TicketID}}
	if p.Outcome != string(calls.Answered) || b.Outcome == string(calls.Answered) {
		return changes, nil
	}
	if err := contacts.AdvisorSpoke(ctx, tx, b.CompanyID, b.TeamID, b.ContactID, e.OccurredAt); err != nil {
		return nil, err
	}
	return changes, tickets.Called(ctx, tx, b.CompanyID, b.TicketID, true, e.OccurredAt)
}

// lapseBack ends a call of which nothing more was told.
func (g *Gateway) lapseBack(ctx context.Context, tx *sqlx.Tx, e events.Event, of events.CallBackLapse) ([]Change, error) {
	b, err := journal.LockBack(ctx, tx, e.CompanyID, of.Call)
	if errors.Is(err, journal.ErrNone) || err == nil && b.SettledAt != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var entries []calls.Entry
	if err := json.Unmarshal(b.Journal, &entries); err != nil {
		return nil, fmt.Errorf("call back %s: journal: %w", b.ID, err)
	}
	outcome, spoke, _ := calls.SettleBack(entries)
	now := g.Clock.Now()
	if (outcome == calls.Answered || outcome == calls.Unanswered) && now.Before(b.StartedAt.Add(backLongest)) {
		return nil, armBack(ctx, tx, b, b.StartedAt.Add(backLongest)) // they may still talk
	}
	if len(entries) == 0 {
		outcome = calls.NotPlaced
	}
	err = b.Tell(ctx, tx, journal.Progress{Outcome: string(outcome), Spoke: spoke, EndedAt: &now})
	return []Change{{Kind: "ticket", CompanyID: b.CompanyID, TeamID: b.TeamID, ID: b.TicketID}}, err
}
