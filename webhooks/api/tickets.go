package api

import (
	"context"

	"ringback/gateway/inbox"
)

// TicketPath is the path of one thing of a team.
type TicketPath struct {
	Team string `path:"team"`
	ID   string `path:"id"`
}

type ticketsQuery struct {
	Team string `path:"team"`
	Page
	Status  string `query:"status" enum:"open,done,closed"`
	Contact string `query:"contact" maxLength:"200" doc:"The contact's id, or one of their addresses"`
}

func (r routes) listTickets(ctx context.Context, in *ticketsQuery) (*Answer[List[inbox.Ticket]], error) {
	f := inbox.TicketFilter{Status: in.Status}
	f.Contact, f.Address = inbox.IDOr(in.Contact)
	return Listed(in.Page, func(t inbox.Ticket) string { return t.ID }, func(before string, limit int) ([]inbox.Ticket, error) {
		return r.Inbox.Tickets(ctx, caller(ctx), in.Team, f, before, limit)
	})
}

func (r routes) getTicket(ctx context.Context, in *TicketPath) (*tagged[inbox.TicketWithTimeline], error) {
	t, err := r.Inbox.Ticket(ctx, caller(ctx), in.Team, in.ID)
	if err != nil {
		return nil, err
	}
	return &tagged[inbox.TicketWithTimeline]{ticketTag(t.Ticket), t}, nil
}

type newTicketBody struct {
	Team string `path:"team"`
	Once
	Body inbox.NewTicket
}

func (r routes) createTicket(ctx context.Context, in *newTicketBody) (*Answer[inbox.Ticket], error) {
	return Answered(r.Inbox.CreateTicket(ctx, caller(ctx), in.Team, in.Key, in.Body))
}

type sayBody struct {
	TicketPath
	Once
	Body inbox.Words
}

func (r routes) say(ctx context.Context, in *sayBody) (*Answer[inbox.Said], error) {
	return Answered(r.Inbox.Say(ctx, caller(ctx), in.Team, in.ID, in.Key, in.Body))
}

func (r routes) cancelMessage(ctx context.Context, in *TicketPath) (*Nothing, error) {
	return nil, r.Inbox.CancelPlanned(ctx, caller(ctx), in.Team, in.ID)
}

// readTicket lets the customer see that somebody has read what they wrote.
func (r routes) readTicket(ctx context.Context, in *TicketPath) (*Nothing, error) {
	return nil, r.Inbox.Read(ctx, caller(ctx), in.Team, in.ID)
}

// typeMessage lets the customer's browser show that an advisor is writing.
func (r routes) typeMessage(ctx context.Context, in *TicketPath) (*Nothing, error) {
	return nil, r.Inbox.Type(ctx, caller(ctx), in.Team, in.ID)
}
