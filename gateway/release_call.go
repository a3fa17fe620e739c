package gateway

import (
	"context"
	"errors"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/messages"
	"ringback/gateway/rules"
)

// releaseCall decides again about a call whose reply was held back, and this
// time for good: it goes out, unless an advisor was quicker.
func (g *Gateway) releaseCall(ctx context.Context, tx *sqlx.Tx, e events.Event) ([]Change, error) {
	sid := strings.TrimSuffix(e.ProviderID, "/held")
	made, err := decisions.Deferred(ctx, tx, e.CompanyID, sid, string(rules.CallSettled))
	if errors.Is(err, decisions.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := journal.Find(ctx, tx, e.CompanyID, e.SenderID, sid)
	if err != nil {
		return nil, err
	}
	entries, end, err := read(c)
	if err != nil {
		return nil, err
	}
	e.TeamID, e.OccurredAt = c.TeamID, c.StartedAt
	contact, s, err := g.callSituation(ctx, tx, e, c, calls.Settle(entries, c.StartedAt, end), end)
	if err != nil {
		return nil, err
	}
	s.Call.Held = true
	d, err := g.decideWithin(ctx, tx, e, s)
	if err != nil {
		return nil, err
	}
	made.TeamID, made.ContactID, made.EventID = c.TeamID, contact.ID, e.ID
	made.Outcome, made.Reason = string(d.Outcome), string(d.Reason)
	if d.Sends() {
		var number int64
		if s.Ticket != nil && s.Ticket.ID == made.TicketID {
			number = s.Ticket.Number
		}
		made.Text = d.Text(number)
		said := messages.Message{CompanyID: e.CompanyID, TeamID: c.TeamID, ContactID: contact.ID, SenderID: s.Event.Sender, TicketID: made.TicketID}
		if made.DeliveryID, err = g.reply(ctx, tx, said, made, s, d, number); err != nil {
			return nil, err
		}
	}
	return []Change{{Kind: "decision", CompanyID: e.CompanyID, TeamID: c.TeamID, ID: made.ID}}, made.Release(ctx, tx)
}
