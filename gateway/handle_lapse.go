package gateway

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/events"
	"ringback/gateway/payments"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// lapse closes a ticket that was done a week ago and of which nobody said
// whether it is resolved. Nobody is asked how the advisor did, then. What
// became of the ticket since ends the timer's business.
func (g *Gateway) lapse(ctx context.Context, tx *sqlx.Tx, e events.Event, of events.TicketLapse) ([]Change, error) {
	t, err := tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, of.Ticket)
	if errors.Is(err, settings.ErrNotFound) {
		return nil, nil
	}
	if err != nil || t.Status != tickets.StatusDone || t.DoneAt == nil || !t.DoneAt.Equal(e.OccurredAt) {
		return nil, err
	}
	now := g.Clock.Now()
	if err := requests.Withdraw(ctx, tx, t.CompanyID, t.ID, rules.AskResolved, tickets.By{}, now); err != nil {
		return nil, err
	}
	err = t.Make(ctx, tx, tickets.Change{Status: tickets.StatusClosed, Assignee: t.Assignee, At: now})
	return []Change{{Kind: "ticket", CompanyID: t.CompanyID, TeamID: t.TeamID, ID: t.ID}}, err
}

// expire ends the life of a link that nobody used, and a checkout that was opened by it:
// the same can be asked for anew, and is to be paid once.
func (g *Gateway) expire(ctx context.Context, tx *sqlx.Tx, e events.Event, of events.RequestExpired) ([]Change, error) {
	if _, err := tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, of.Ticket); errors.Is(err, settings.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	r, err := requests.Lock(ctx, tx, e.CompanyID, of.Request)
	if errors.Is(err, settings.ErrNotFound) {
		return nil, nil
	}
	if err == nil {
		err = r.End(ctx, tx, requests.Expired, tickets.By{}, e.OccurredAt)
	}
	if err == nil && r.Kind == rules.AskPayment && r.Processing == nil {
		err = payments.Close(ctx, tx, e.CompanyID, r.ID, g.Clock.Queue())
	}
	return []Change{{Kind: "request", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: of.Request}}, err
}
