package gateway

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/decisions"
	"ringback/gateway/effects"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// conclude is the road of every event that could have a reply, once what its
// decision depends on is loaded: decide, and write what follows from it.
func (g *Gateway) conclude(ctx context.Context, tx *sqlx.Tx, c effects.Case) ([]Change, error) {
	c.Decision = rules.Decide(c.Situation)
	if err := reserve(ctx, tx, &c); err != nil {
		return nil, fmt.Errorf("event %s: %w", c.Event.ID, err)
	}
	c.IDs = newIDs()
	changes, err := effects.Of(c)
	if err != nil {
		return nil, err
	}
	return watched(changes), write(ctx, tx, changes, g.Clock.Queue())
}

// reserve takes what events of several teams and replicas have to share: a
// place below the team's caps, without which it is decided anew, and the number
// of the ticket that is opened.
func reserve(ctx context.Context, tx *sqlx.Tx, c *effects.Case) error {
	if c.Decision.Spends() {
		team := c.Situation.Team.Team
		within, err := decisions.Reserve(ctx, tx, c.Event.CompanyID, c.Event.TeamID, c.Situation.Now, team.AutomaticPerHour, team.AutomaticPerDay)
		if err != nil {
			return err
		}
		if !within { // another's message took the last place
			c.Situation.Spent = rules.Spent{Hour: team.AutomaticPerHour, Day: team.AutomaticPerDay}
			c.Decision = rules.Decide(c.Situation)
		}
	}
	if c.Decision.Confirms() {
		within, err := decisions.ReserveConfirmation(ctx, tx, c.Event.CompanyID, c.Event.TeamID, c.Contact.ID, c.Situation.Now, c.Situation.Team.Team.AutomaticPerHour)
		if err != nil {
			return err
		}
		if c.Situation.Told = !within; c.Situation.Told {
			c.Decision = rules.Decide(c.Situation)
		}
	}
	if !c.Opens() {
		return nil
	}
	number, err := tickets.TakeNumber(ctx, tx, c.Event.CompanyID)
	c.Number = number
	return err
}

func newIDs() effects.IDs {
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	return effects.IDs{Decision: id(), Ticket: id(), Message: id(), Delivery: id(), Reply: id()}
}

// watched is what of the changes a watcher may show.
func watched(c effects.Changes) []Change {
	var changes []Change
	for _, d := range append(c.Decisions, c.Released...) {
		changes = append(changes, Change{Kind: "decision", CompanyID: d.CompanyID, TeamID: d.TeamID, ID: d.ID})
	}
	for _, d := range c.Deliveries {
		changes = append(changes, Change{Kind: "delivery", CompanyID: d.CompanyID, TeamID: d.TeamID, ID: d.ID})
	}
	return changes
}
