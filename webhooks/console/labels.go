package console

import (
	"time"

	"ringback/gateway/inbox"
)

type labelsPage struct {
	Items  []inbox.Label
	Typed  string
	Faults map[string]string
}

// labels is the list of a team's labels.
func (v *View) labels() error {
	items, err := v.TeamLabels()
	if err != nil {
		return err
	}
	return v.Show("labels.html", labelsPage{Items: items})
}

// TeamLabels are those that a ticket of the team can have.
func (v *View) TeamLabels() ([]inbox.Label, error) {
	return v.console.Inbox.Labels(v.ctx(), v.Who, v.Team.ID)
}

func (v *View) addLabel() error {
	typed := v.Form("name")
	_, err := v.console.Inbox.AddLabel(v.ctx(), v.Who, v.Team.ID, inbox.Label{Name: typed})
	if err == nil {
		return v.Go(v.Path)
	}
	faults, ok := v.Faults(err)
	if !ok {
		return err
	}
	items, err := v.TeamLabels()
	if err != nil {
		return err
	}
	return v.ShowFault("labels.html", labelsPage{items, typed, faults})
}

func (v *View) dropLabel() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.console.Inbox.DropLabel(v.ctx(), v.Who, v.Team.ID, id); err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/labels")
}

// labelTicket puts a label on a ticket, or takes one off.
func (v *View) labelTicket() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	change := inbox.LabelChange{Add: v.g.PostFormArray("label"), Remove: v.g.PostFormArray("off")}
	after, err := v.console.Inbox.LabelTicket(v.ctx(), v.Who, v.Team.ID, id, change)
	return v.afterChange(id, after, err)
}

// snoozes are for how long a ticket can be put off by one press.
var snoozes = []string{"hour", "evening", "tomorrow", "monday"}

// Snoozes are their names.
func (v *View) Snoozes() []string { return snoozes }

// until is the end of a snooze, in the team's zone: in the morning at nine, in the
// evening at five, or at five of the next day when that is over.
func (v *View) until(word string) *time.Time {
	now := v.Now()
	at := func(days, hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, now.Location())
	}
	var until time.Time
	switch word {
	case "hour":
		until = now.Add(time.Hour)
	case "evening":
		if until = at(0, 17); !until.After(now) {
			until = at(1, 17)
		}
	case "tomorrow":
		until = at(1, 9)
	case "monday":
		until = at((int(time.Monday-now.Weekday())+6)%7+1, 9)
	default:
		return nil
	}
	return &until
}

// snoozeTicket puts a ticket off, or brings it back.
func (v *View) snoozeTicket() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	after, err := v.console.Inbox.ChangeTicket(v.ctx(), v.Who, v.Team.ID, id, func(_ inbox.Ticket, c *inbox.TicketChange) error {
		c.SnoozedUntil = v.until(v.Form("until"))
		return nil
	})
	return v.afterChange(id, after, err)
}
