package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/decisions"
	"ringback/gateway/effects"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// conclude is the road of every event that could have a reply, once what its
// decision depends on is loaded: decide, and write what follows from it. No two of
// the cases are about the same contact, so none depends on what another leads to;
// what all of a team share is reserved in their order.
func (g *Gateway) conclude(ctx context.Context, tx *sqlx.Tx, cases []effects.Case) ([]Change, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	for n := range cases {
		cases[n].Decision, cases[n].IDs = rules.Decide(cases[n].Situation), newIDs()
	}
	capUnverified(cases)
	if err := reservePlaces(ctx, tx, cases); err != nil {
		return nil, err
	}
	if err := reserveConfirmations(ctx, tx, cases); err != nil {
		return nil, err
	}
	if err := g.takeNumbers(ctx, cases); err != nil {
		return nil, err
	}
	if err := takeTurns(ctx, tx, cases); err != nil {
		return nil, err
	}
	var changes effects.Changes
	for _, c := range cases {
		more, err := effects.Of(c)
		if err != nil {
			return nil, err
		}
		changes = changes.And(more)
	}
	return watched(changes), write(ctx, tx, changes, g.Clock.Queue())
}

// capUnverified counts the texts of this round to callers for whose numbers nobody
// vouches: each of them was loaded before any of the others was decided about.
func capUnverified(cases []effects.Case) {
	sent := map[string]int{}
	for n := range cases {
		c := &cases[n]
		if c.Call == nil || !c.Situation.Call.Unverified() || !c.Decision.Spends() {
			continue
		}
		if c.Situation.Spent.Unverified += sent[c.Event.TeamID]; sent[c.Event.TeamID] > 0 {
			c.Decision = rules.Decide(c.Situation)
		}
		if c.Decision.Spends() {
			sent[c.Event.TeamID]++
		}
	}
}

// reservePlaces takes a place below the team's caps for each automatic message,
// those of the team's other events and of other replicas counted. What has no
// place is decided anew, without one.
func reservePlaces(ctx context.Context, tx *sqlx.Tx, cases []effects.Case) error {
	type budget struct {
		team string
		hour time.Time
	}
	spending := map[budget][]*effects.Case{}
	var order []budget
	for n := range cases {
		c := &cases[n]
		if !c.Decision.Spends() {
			continue
		}
		b := budget{c.Event.TeamID, c.Situation.Now.UTC().Truncate(time.Hour)}
		if spending[b] == nil {
			order = append(order, b)
		}
		spending[b] = append(spending[b], c)
	}
	for _, b := range order {
		all := spending[b]
		team := all[0].Situation.Team.Team
		granted, err := decisions.Reserve(ctx, tx, all[0].Event.CompanyID, b.team, all[0].Situation.Now, len(all), team.AutomaticPerHour, team.AutomaticPerDay)
		if err != nil {
			return err
		}
		for _, c := range all[granted:] { // others' messages took the last places
			c.Situation.Spent.Hour, c.Situation.Spent.Day = team.AutomaticPerHour, team.AutomaticPerDay
			c.Decision = rules.Decide(c.Situation)
		}
	}
	return nil
}

// reserveConfirmations takes a place in the small budget of confirmations for each.
func reserveConfirmations(ctx context.Context, tx *sqlx.Tx, cases []effects.Case) error {
	for n := range cases {
		c := &cases[n]
		if !c.Decision.Confirms() {
			continue
		}
		within, err := decisions.ReserveConfirmation(ctx, tx, c.Event.CompanyID, c.Event.TeamID, c.Contact.ID, c.Situation.Now, c.Situation.Team.Team.AutomaticPerHour)
		if err != nil {
			return err
		}
		if c.Situation.Told = !within; c.Situation.Told {
			c.Decision = rules.Decide(c.Situation)
		}
	}
	return nil
}

// takeNumbers takes the numbers of the tickets that are opened, in a commit of its own:
// the company's teams open tickets at the same time, and each would wait until what
// another team handles together has been written. What is cut off before it is written
// leaves its numbers out.
func (g *Gateway) takeNumbers(ctx context.Context, cases []effects.Case) error {
	var opening []*effects.Case
	for n := range cases {
		if cases[n].Opens() {
			opening = append(opening, &cases[n])
		}
	}
	if len(opening) == 0 {
		return nil
	}
	first, err := tickets.TakeNumbers(ctx, g.Numbers, opening[0].Event.CompanyID, len(opening))
	for n, c := range opening {
		c.Number = first + int64(n)
	}
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
		changes = append(changes, Change{
			Kind: "decision", CompanyID: d.CompanyID, TeamID: d.TeamID, ID: d.ID, decided: decided{d.Automation, d.Outcome, d.Reason, d.ProviderID},
		})
	}
	for _, d := range c.Deliveries {
		changes = append(changes, Change{Kind: "delivery", CompanyID: d.CompanyID, TeamID: d.TeamID, ID: d.ID})
	}
	return changes
}
