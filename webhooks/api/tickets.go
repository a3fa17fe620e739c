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
	View     string `query:"view" enum:"mine,unassigned,waiting,all" doc:"mine: of who is signed in; unassigned: nobody's; waiting: the customer waits for us; these three leave out what is snoozed, and, unless status says otherwise, what is not open. all: everything"`
	Status   string `query:"status" enum:"open,done,closed"`
	Assignee string `query:"assignee" maxLength:"36" doc:"Id of one of the staff, or me, or nobody"`
	Channel  string `query:"channel" enum:"sms,voice,whatsapp_twilio,whatsapp_cloud,webchat" doc:"The kind of our sender by which the customer was last heard"`
	Kind     string `query:"kind" enum:"message,call,missed_call,voicemail,web"`
	Label    string `query:"label" maxLength:"36" doc:"Id of one of the team's labels"`
	Q        string `query:"q" maxLength:"100" doc:"A name, a number, a ticket's number or words of a message, as in search; the 200 customers and the newest 200 messages that fit are looked at"`
	Sort     string `query:"sort" enum:"created,activity,waiting" doc:"created: the newest first; activity: where somebody was heard last first; waiting: who waits longest first, and nobody who does not wait. Left out: created without a view, waiting in the view waiting, activity in the others"`
	Contact  string `query:"contact" maxLength:"200" doc:"The contact's id, or one of their addresses; a phone number as it is written, too: without a country it is one of where the team's own numbers are"`
}

func (r routes) listTickets(ctx context.Context, in *ticketsQuery) (*Answer[List[inbox.Ticket]], error) {
	f := inbox.TicketFilter{
		View: in.View, Status: in.Status, Assignee: in.Assignee, Channel: in.Channel, Kind: in.Kind, Label: in.Label, Text: in.Q, Sort: in.Sort,
	}
	f.Contact, f.Address = inbox.IDOr(in.Contact)
	return ListedFrom(in.Page, f.Place, func(after inbox.Place, limit int) ([]inbox.Ticket, error) {
		return r.Inbox.Tickets(ctx, caller(ctx), in.Team, f, after, limit)
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
