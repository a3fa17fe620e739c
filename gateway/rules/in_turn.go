package rules

import (
	"cmp"
	"slices"
	"time"

	"ringback/settings"
)

// Candidate is one of the staff who can have the team's tickets.
type Candidate struct {
	ID     string `db:"id"`
	Name   string `db:"name"`
	OnTeam bool   `db:"on_team"` // an admin need not be
	Open   int    `db:"open"`    // tickets of the team that they have now
}

// TurnReason is why a ticket is somebody's in turn, or nobody's, in one stable word.
type TurnReason string

// The reasons of a turn.
const (
	NextInTurn   TurnReason = "next_in_turn"
	NobodyOnDuty TurnReason = "nobody_on_duty"
	AllAtLimit   TurnReason = "all_at_limit" // whoever is on duty has as many open tickets as the team allows
)

// Turn is whose a ticket becomes that is nobody's, and why.
type Turn struct {
	Staff, Name string // empty: it stays nobody's
	Reason      TurnReason
	OnDuty      int // so many work at the moment
	AtLimit     int // and so many of them have all they can
}

// InTurn says whose turn it is at an instant: of those who are on duty and have room,
// whoever got a ticket in turn longest ago. Who never got one is before all others, the
// one who came to the company first ahead. Served are those who got one, the last one
// behind.
//
// On duty is whom the schedule in effect names; one that names nobody is everybody's of
// the team, as it is for notices.
func InTurn(team *settings.Snapshot, at time.Time, all []Candidate, served []string) Turn {
	effect := team.Schedules.At(at).InEffect
	if effect == nil {
		return Turn{Reason: NobodyOnDuty}
	}
	named := team.Rings[effect.ID]
	works := func(c Candidate) bool { return len(named) == 0 && c.OnTeam || slices.Contains(named, c.ID) }
	limit := team.Team.OpenTicketsPerAdvisor
	var turn Turn
	var free []Candidate
	for _, c := range all {
		switch {
		case !works(c):
			continue
		case limit > 0 && c.Open >= limit:
			turn.AtLimit++
		default:
			free = append(free, c)
		}
		turn.OnDuty++
	}
	switch {
	case turn.OnDuty == 0:
		turn.Reason = NobodyOnDuty
		return turn
	case len(free) == 0:
		turn.Reason = AllAtLimit
		return turn
	}
	next := slices.MinFunc(free, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(slices.Index(served, a.ID), slices.Index(served, b.ID)), cmp.Compare(a.ID, b.ID))
	})
	turn.Staff, turn.Name, turn.Reason = next.ID, next.Name, NextInTurn
	return turn
}

// Facts are what a decision says of the turn.
func (t Turn) Facts() map[string]any {
	facts := map[string]any{"assigned_why": string(t.Reason), "on_duty": t.OnDuty}
	if t.Staff != "" {
		facts["assigned_to"], facts["assigned_id"] = t.Name, t.Staff
	}
	if t.AtLimit > 0 {
		facts["at_limit"] = t.AtLimit
	}
	return facts
}
