package gateway

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/effects"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// takeTurns says whose the tickets become that are nobody's, of teams that give them out
// in turn. The turns stay locked until the transaction ends.
func takeTurns(ctx context.Context, tx *sqlx.Tx, cases []effects.Case) error {
	byTeam := map[string][]*effects.Case{}
	var order []string
	for n := range cases {
		c := &cases[n]
		if !c.Situation.Team.Team.AssignInTurn {
			continue
		}
		if byTeam[c.Event.TeamID] == nil {
			order = append(order, c.Event.TeamID)
		}
		byTeam[c.Event.TeamID] = append(byTeam[c.Event.TeamID], c)
	}
	for _, team := range order {
		if err := giveTurns(ctx, tx, byTeam[team], tickets.LockTurns); err != nil {
			return err
		}
	}
	return nil
}

// giveTurns is takeTurns for one team, whose turns are read in that way. With no ticket
// that is nobody's it asks the database nothing.
func giveTurns(ctx context.Context, tx sqlx.ExtContext, cases []*effects.Case, read func(context.Context, sqlx.QueryerContext, string, string) ([]string, error)) error {
	var all []rules.Candidate
	var served []string
	asked := false
	for _, c := range cases {
		team := c.Situation.Team
		had, nobodys := c.Nobodys()
		if !team.Team.AssignInTurn || !nobodys {
			continue
		}
		if !asked {
			var err error
			if served, err = read(ctx, tx, c.Event.CompanyID, c.Event.TeamID); err != nil {
				return err
			}
			if all, err = tickets.Candidates(ctx, tx, c.Event.CompanyID, c.Event.TeamID, team.Team.OpenTicketsPerAdvisor > 0); err != nil {
				return err
			}
			asked = true
		}
		if slices.ContainsFunc(all, func(one rules.Candidate) bool { return one.ID == had }) {
			continue // an admin who is not on the team
		}
		turn := rules.InTurn(team, c.Situation.Now, all, served)
		c.Turn = &turn
		if turn.Staff == "" {
			continue
		}
		served = append(slices.DeleteFunc(served, func(id string) bool { return id == turn.Staff }), turn.Staff)
		at := slices.IndexFunc(all, func(one rules.Candidate) bool { return one.ID == turn.Staff })
		all[at].Open++
	}
	return nil
}
