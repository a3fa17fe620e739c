package gateway

import (
	"context"

	"ringback/gateway/queue"
	"ringback/gateway/tickets"
)

// newSnoozed brings back tickets that were put off until now.
func (g *Gateway) newSnoozed() *queue.Workers {
	return &queue.Workers{Name: "bringing back tickets that were snoozed", Log: g.Log, Rounds: g.Rounds, N: 1, Poll: poll, Next: g.WakeOne}
}

// WakeOne brings back one ticket whose time has come; false: none is due.
func (g *Gateway) WakeOne(ctx context.Context) (bool, error) {
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	t, found, err := tickets.Wake(ctx, tx, g.Clock.Queue())
	if err != nil || !found {
		return false, err
	}
	if err := tx.Commit(); err != nil {
		return false, err
	}
	g.tell(Change{Kind: "ticket", CompanyID: t.CompanyID, TeamID: t.TeamID, ID: t.ID})
	return true, nil
}
