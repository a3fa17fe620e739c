package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/gateway"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// etag names the state of a ticket; what is said on it does not change it.
func (t Ticket) etag() string { return fmt.Sprintf(`"%s-%d"`, t.ID, t.UpdatedAt.UnixMicro()) }

// matches is errChanged unless there is no tag, or one of them is the ticket's,
// or *. A weak tag never matches (RFC 9110, 13.1.1).
func (t Ticket) matches(headers []string) error {
	for _, header := range headers {
		for _, tag := range strings.Split(header, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || tag == t.etag() {
				return nil
			}
		}
	}
	if len(headers) == 0 {
		return nil
	}
	return errChanged
}

// ticketChange is what can be changed about a ticket.
type ticketChange struct {
	Status   string  `json:"status" enum:"open,done,closed" doc:"done: the advisor is finished, and the customer is asked whether it is resolved. closed: it is, unless resolved is false, and the customer is asked how the advisor did"`
	Assignee *string `json:"assignee" format:"uuid" doc:"One of the team's staff; null: nobody"`
	Resolved *bool   `json:"resolved" doc:"With the status closed: whether the customer's matter is resolved. Left out, it is"`
}

type ticketBody struct {
	TicketPath
	IfMatch []string `header:"If-Match"`
	JSON
}

func (r routes) changeTicket(ctx context.Context, in *ticketBody) (*tagged[Ticket], error) {
	p := caller(ctx)
	var after Ticket
	err := r.onTicket(ctx, in.TicketPath, func(tx *sqlx.Tx, kept tickets.Ticket) error {
		before, err := findTicketRow(ctx, tx, p.CompanyID, in.TicketPath)
		if err != nil {
			return err
		}
		if err := before.matches(in.IfMatch); err != nil {
			return err
		}
		wanted := ticketChange{Status: kept.Status, Assignee: kept.Assignee}
		if err := in.Onto(&wanted); err != nil {
			return err
		}
		c, err := r.check(ctx, tx, kept, wanted)
		if err != nil {
			return err
		}
		c.By, c.At = tickets.By{Who: p.Who, Staff: p.StaffID}, r.Clock.Now()
		if c.Status != kept.Status { // whether it is resolved is not asked any more, or anew
			if err := requests.Withdraw(ctx, tx, kept.CompanyID, kept.ID, rules.AskResolved, c.By, c.At); err != nil {
				return err
			}
		}
		if err := kept.Make(ctx, tx, c); err != nil {
			return err
		}
		after, err = findTicketRow(ctx, tx, p.CompanyID, in.TicketPath)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &tagged[Ticket]{after.etag(), after}, nil
}

const onTeam = `
select exists (select from staff where company_id = $1 and id = $3 and active and ($2::uuid = any(teams) or role = 'admin'))`

// check makes a change of what is wanted, and says what of it cannot be.
func (r routes) check(ctx context.Context, tx *sqlx.Tx, kept tickets.Ticket, wanted ticketChange) (tickets.Change, error) {
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
	if err := tx.GetContext(ctx, &there, onTeam, kept.CompanyID, kept.TeamID, *wanted.Assignee); err != nil {
		return c, fmt.Errorf("assignee: %w", err)
	}
	if !there {
		return c, settings.Refuse("assignee", "assignee")
	}
	return c, nil
}

// onTicket does something to a ticket of the team, or nothing at all, and lets
// the workers know.
func (r routes) onTicket(ctx context.Context, path TicketPath, do func(*sqlx.Tx, tickets.Ticket) error) error {
	company := caller(ctx).CompanyID
	tx, err := r.DB.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	kept, err := tickets.Lock(ctx, tx, company, path.Team, path.ID)
	if err == nil {
		err = do(tx, kept)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err == nil {
		r.Wake()
		r.Changed(gateway.Change{Kind: "ticket", CompanyID: company, TeamID: path.Team, ID: path.ID})
	}
	return err
}
