package main

import (
	"context"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/staff"
)

func (w *world) edit(ctx context.Context, s Step) error {
	r := w.at(s.number(2))
	team, key := w.teams[(s.number(0)+1)%len(w.teams)], s.Args[1]
	_, err := settings.EditTeam(ctx, r.db, w.company, team, "sim", func(e *settings.Edit) error {
		all, err := e.Automations(ctx)
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].Key == key {
				all[i].Enabled = !all[i].Enabled
			}
		}
		return e.SaveAutomations(ctx, all)
	})
	w.came(r, err)
	return nil
}

const contactAt = `select contact_id from addresses where company_id = $1 and kind = 'phone' and address = $2`

// merge makes one contact of two customers' that the first team knows.
func (w *world) merge(ctx context.Context, s Step) error {
	var from, into string
	if w.db.GetContext(ctx, &from, contactAt, w.company, phone(s.number(0))) != nil ||
		w.db.GetContext(ctx, &into, contactAt, w.company, phone(s.number(1))) != nil || from == into {
		return nil //nolint:nilerr // whom nobody knows cannot be merged
	}
	r := w.at(s.number(2))
	by := contacts.Actor{CompanyID: w.company, TeamID: w.teams[0], Who: "sim", At: w.clock.Now()}
	_, err := contacts.Merge(ctx, r.db, by, from, into)
	w.came(r, err)
	var gone bool // a commit whose answer was lost is one all the same
	if err := w.db.GetContext(ctx, &gone, `select not exists (select from contacts where company_id = $1 and id = $2)`, w.company, from); err != nil {
		return err
	}
	if gone {
		w.note("  customers %d and %d are one", s.number(0), s.number(1))
		w.oneOf(s.number(0), s.number(1))
	}
	return nil
}

// desk is a replica's, for what the staff do, on the n-th ticket.
func (w *world) desk(ctx context.Context, s Step, do func(inbox.Desk, staff.Principal, string, string) error) error {
	var tickets []struct{ ID, Team string }
	if err := w.db.SelectContext(ctx, &tickets, `select id, team_id as team from tickets where company_id = $1 order by number`, w.company); err != nil || len(tickets) == 0 {
		return err
	}
	t := tickets[s.number(0)%len(tickets)]
	r := w.at(s.number(1))
	d := inbox.Desk{DB: r.db, Clock: w.clock, Gateway: r.Gateway, Company: w.company, Account: account, PublicURL: r.PublicURL}
	w.came(r, do(d, staff.Principal{CompanyID: w.company, Who: "sim"}, t.Team, t.ID))
	return nil
}

func (w *world) say(ctx context.Context, s Step) error {
	return w.desk(ctx, s, func(d inbox.Desk, who staff.Principal, team, ticket string) error {
		_, err := d.Say(ctx, who, team, ticket, "", inbox.Words{Text: s.rest(2)})
		return err
	})
}

func (w *world) ticket(ctx context.Context, s Step) error {
	return w.desk(ctx, s, func(d inbox.Desk, who staff.Principal, team, ticket string) error {
		_, err := d.ChangeTicket(ctx, who, team, ticket, func(_ inbox.Ticket, c *inbox.TicketChange) error {
			c.Status = s.rest(2)
			return nil
		})
		return err
	})
}
