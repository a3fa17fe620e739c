package gateway

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// lateRecording makes a voicemail of a call that was settled as missed before its
// recording came. What was decided about the call stays decided: there is no
// second text.
func (g *Gateway) lateRecording(ctx context.Context, tx *sqlx.Tx, call journal.Call, e events.Event) ([]Change, error) {
	missed := call.Outcome == string(calls.Missed) || call.Outcome == string(calls.HungUp)
	entries, end, err := readJournal(call)
	if err != nil || !missed || call.ContactID == "" {
		return nil, err
	}
	result := calls.Settle(entries, call.StartedAt, end)
	if result.Outcome != calls.Voicemail {
		return nil, nil
	}
	if end.At.IsZero() {
		end.At = e.OccurredAt
	}
	contact, err := contacts.Lock(ctx, tx, call.CompanyID, call.TeamID, call.ContactID, call.SenderID, call.Kind, call.Caller)
	if err != nil || contact.BlockedAt != nil {
		return nil, err
	}
	c := effects.Case{Event: e, Contact: contact, Now: *call.SettledAt, Call: &effects.Call{Call: call, Result: result, End: end.At}, IDs: newIDs()}
	if c.Number, err = tickets.TakeNumbers(ctx, g.Numbers, call.CompanyID, 1); err != nil {
		return nil, err
	}
	if c.Situation.Team, err = settings.Load(ctx, tx, call.CompanyID, call.TeamID); err != nil {
		return nil, err
	}
	c.Situation.Now = g.Clock.Now()
	if err := giveTurns(ctx, tx, []*effects.Case{&c}, tickets.LockTurns); err != nil {
		return nil, err
	}
	changes := []Change{{Kind: "call", CompanyID: call.CompanyID, TeamID: call.TeamID, ID: call.ID}}
	return changes, write(ctx, tx, effects.OfLateRecording(c), g.Clock.Queue())
}
