package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// TicketChange is what can be changed about a ticket.
type TicketChange struct {
	Status   string  `json:"status" enum:"open,done,closed" doc:"done: the advisor is finished, and the customer is asked whether it is resolved. closed: it is, unless resolved is false, and the customer is asked how the advisor did"`
	Assignee *string `json:"assignee" format:"uuid" doc:"One of the team's staff; null: nobody"`
	Resolved *bool   `json:"resolved" doc:"With the status closed: whether the customer's matter is resolved. Left out, it is"`
	Ask      *bool   `json:"ask" doc:"With a new status: true has the customer asked, or is 409 with the reason why they would not be; false asks them nothing. Left out, they are asked if they can be"`

	SnoozedUntil *time.Time `json:"snoozed_until" doc:"Until then the views of what is to do leave the ticket out; it comes back by itself, and at once when the customer is heard. Null: it is there. Of one that is not closed; within a year"`
}

// ChangeTicket runs the change of a ticket and stores what comes of it. The
// change gets the ticket as it stands, and may refuse it.
func (d Desk) ChangeTicket(ctx context.Context, who staff.Principal, team, id string, change func(before Ticket, c *TicketChange) error) (Ticket, error) {
	var after Ticket
	err := d.onTicket(ctx, who.CompanyID, team, id, func(tx *sqlx.Tx, kept tickets.Ticket) error {
		before, err := FindTicket(ctx, tx, who.CompanyID, team, id)
		if err != nil {
			return err
		}
		wanted := TicketChange{Status: kept.Status, Assignee: kept.Assignee, SnoozedUntil: kept.SnoozedUntil}
		if err := change(before, &wanted); err != nil {
			return err
		}
		if err := shaped(wanted); err != nil {
			return err
		}
		c, err := wanted.check(ctx, tx, kept, d.Clock.Now())
		if err != nil {
			return err
		}
		c.By, c.At = tickets.By{Who: who.Who, Staff: who.StaffID}, d.Clock.Now()
		c.Silent = wanted.Ask != nil && !*wanted.Ask
		if c.Status != kept.Status { // whether it is resolved is not asked any more, or anew
			if err := requests.Withdraw(ctx, tx, kept.CompanyID, kept.ID, rules.AskResolved, c.By, c.At); err != nil {
				return err
			}
		}
		if err := d.make(ctx, tx, kept, c, wanted.Ask); err != nil {
			return err
		}
		after, err = FindTicket(ctx, tx, who.CompanyID, team, id)
		after.Undo = undoOf(before, after, c.Asks())
		return err
	})
	return after, err
}

// make makes the change; the customer has to be asked if who changes it says so.
func (d Desk) make(ctx context.Context, tx *sqlx.Tx, kept tickets.Ticket, c tickets.Change, ask *bool) error {
	change := func() error { return kept.Make(ctx, tx, c) }
	if ask == nil || c.Silent {
		return change()
	}
	return d.goesOut(ctx, tx, kept.CompanyID, kept.TeamID, "ask", change)
}

// longestSnooze is how far ahead a ticket can be snoozed.
const longestSnooze = 366 * 24 * time.Hour

// checkSnooze lets what was snoozed before stay as it is, and end with the ticket.
func (wanted TicketChange) checkSnooze(kept tickets.Ticket, now time.Time) error {
	until := wanted.SnoozedUntil
	if until == nil || kept.SnoozedUntil != nil && kept.SnoozedUntil.Equal(*until) {
		return nil
	}
	var wrong settings.Invalid
	wrong.Add(wanted.Status == tickets.StatusClosed, "snoozed_until", "snooze_closed")
	wrong.Add(!until.After(now) || until.After(now.Add(longestSnooze)), "snoozed_until", "snooze_when")
	return wrong.Err()
}

const onTeam = `
select exists (select from staff where company_id = $1 and id = $3 and active and ($2::uuid = any(teams) or role = 'admin'))`

// check makes a change of what is wanted, and says what of it cannot be.
func (wanted TicketChange) check(ctx context.Context, q sqlx.QueryerContext, kept tickets.Ticket, now time.Time) (tickets.Change, error) {
	c := tickets.Change{Status: wanted.Status, Assignee: wanted.Assignee, Resolved: wanted.Resolved, SnoozedUntil: wanted.SnoozedUntil}
	if err := wanted.checkSnooze(kept, now); err != nil {
		return c, err
	}
	switch {
	case wanted.Resolved != nil && wanted.Status != tickets.StatusClosed:
		return c, settings.Refuse("resolved", "goes_with_closed")
	case wanted.Resolved == nil && wanted.Status == kept.Status:
		c.Resolved = kept.Resolved
	case wanted.Resolved == nil && wanted.Status == tickets.StatusClosed:
		yes := true
		c.Resolved = &yes
	}
	if wanted.Assignee == nil || kept.Assignee != nil && *kept.Assignee == *wanted.Assignee {
		return c, nil
	}
	var there bool
	if settings.IsID(*wanted.Assignee) {
		if err := sqlx.GetContext(ctx, q, &there, onTeam, kept.CompanyID, kept.TeamID, *wanted.Assignee); err != nil {
			return c, fmt.Errorf("assignee: %w", err)
		}
	}
	if !there {
		return c, settings.Refuse("assignee", "assignee")
	}
	return c, nil
}
