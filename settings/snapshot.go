// Package settings is what a team has chosen: its name and zone, its voice
// flow, its 14 automated messages, its ring schedules, its senders, who its
// staff are, and the history of all of it.
//
// The hard decision: deciding reads one immutable Snapshot, cached by the
// team's version. The version is read inside the transaction that decides, so
// a save is in force on every replica for every event that comes after it, and
// no replica has to be told.
package settings

import (
	"ringback/settings/automations"
	"ringback/settings/schedule"
)

// Snapshot is everything that a team has chosen, as of one version.
// It is shared: nobody changes one.
type Snapshot struct {
	Company string // the company's name, as customers see it

	ContactPerHour, ContactPerDay int // one person's budget over all the company's teams

	Team        Team
	Automations map[string]automations.Setting // all 14, by key
	Schedules   *schedule.Set                  // its holidays among them
	Senders     []Sender                       // the oldest first
	Voice       Voice
	Advisors    map[string]Advisor  // by id: the active staff who are on the team, named by its schedules and options, or admins, who answer on every team
	Rings       map[string][]string // by schedule id: whom of Advisors it rings, in its order
}

// Sender returns the team's sender of that id.
func (s *Snapshot) Sender(id string) (Sender, bool) {
	for _, one := range s.Senders {
		if one.ID == id {
			return one, true
		}
	}
	return Sender{}, false
}
