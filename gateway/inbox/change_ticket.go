package inbox

import (
	"context"
	"fmt"

	"github.com/google/uuid"
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
		wanted := TicketChange{Status: kept.Status, Assignee: kept.Assignee}
		if err := change(before, &wanted); err != nil {
			return err
		}
		if err := shaped(wanted); err != nil {
			return err
		}
		c, err := wanted.check(ctx, tx, kept)
		if err != nil {
			return err
		}
		c.By, c.At = tickets.By{Who: who.Who, Staff: who.StaffID}, d.Clock.Now()
		if c.Status != kept.Status { // whether it is resolved is not asked any more, or anew
			if err := requests.Withdraw(ctx, tx, kept.CompanyID, kept.ID, rules.AskResolved, c.By, c.At); err != nil {
				return err
			}
		}
		if err := d.make(ctx, tx, kept, c, wanted.Ask); err != nil {
			return err
		}
		after, err = FindTicket(ctx, tx, who.CompanyID, team, id)
		return err
	})
	return after, err
}

// make makes the change; the customer has to be asked if who changes it says so.
func (d Desk) make(ctx context.Context, tx *sqlx.Tx, kept tickets.Ticket, c tickets.Change, ask *bool) error {
	c.Silent = ask != nil && !*ask
	change := func() error { return kept.Make(ctx, tx, c) }
	if ask == nil || c.Silent {
		return change()
	}
	return d.goesOut(ctx, tx, kept.CompanyID, kept.TeamID, "ask", change)
}

const onTeam = `
select exists (select from staff where company_id = $1 and id = $3 and active and ($2::uuid = any(teams) or role = 'admin'))`

// check makes a change of what is wanted, and says what of it cannot be.
func (wanted TicketChange) check(ctx context.Context, q sqlx.QueryerContext, kept tickets.Ticket) (tickets.Change, error) {
	c := tickets.Change{Status: wanted.Status, Assignee: wanted.Assignee, Resolved: wanted.Resolved}
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
	if uuid.Validate(*wanted.Assignee) == nil {
		if err := sqlx.GetContext(ctx, q, &there, onTeam, kept.CompanyID, kept.TeamID, *wanted.Assignee); err != nil {
			return c, fmt.Errorf("assignee: %w", err)
		}
	}
	if !there {
		return c, settings.Refuse("assignee", "assignee")
	}
	return c, nil
}
