package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// TrialAsk is what an advisor does that did not happen: asking a customer for
// something, sharing the contact page, or a ticket's new status.
type TrialAsk struct {
	Request requests.Request // its kind is AskVoiceHub for the contact page; empty: it is a new status
	Status  string           // done, closed
	Ticket  string           // the id of the one that it is about; empty: the customer's newest, or one that they would have
	Staff   string           // the id of who does it; empty: an API key
}

// create has the customer create a ticket with what they wrote.
func (d *dryRun) create(ctx context.Context) (Tried, error) {
	c, err := d.meet(ctx)
	if err != nil {
		return Tried{}, err
	}
	made := tickets.Created{CompanyID: d.CompanyID, TeamID: d.TeamID, ContactID: c.ID, Text: d.Message.Text, At: d.Trial.At}
	if _, err := made.Create(ctx, d.tx, d.team); err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	return d.follow(ctx, rules.TicketCreated)
}

// ask does what the advisor does, by the same code as their routes.
func (d *dryRun) ask(ctx context.Context) (Tried, error) {
	c, err := d.meet(ctx)
	if err != nil {
		return Tried{}, err
	}
	url := d.gateway.PublicURL()
	if d.Ask.Request.Kind == rules.AskVoiceHub {
		s := ContactPageShare{CompanyID: d.CompanyID, TeamID: d.TeamID, ContactID: c.ID, At: d.Trial.At, PublicURL: url}
		if _, _, err := s.Make(ctx, d.tx, d.team); err != nil {
			return Tried{}, err
		}
		return d.follow(ctx, rules.Shared)
	}
	t, err := d.ticket(ctx, c.ID)
	if err != nil {
		return Tried{}, err
	}
	if d.Ask.Status == "" {
		w := RequestDraft{Ticket: t, Request: d.Ask.Request, Staff: d.Ask.Staff, At: d.Trial.At, PublicURL: url, Links: d.gateway.Links}
		if _, err := w.Make(ctx, d.tx, d.team); err != nil {
			return Tried{}, err
		}
		return d.follow(ctx, rules.Requested)
	}
	if err := requests.Withdraw(ctx, d.tx, d.CompanyID, t.ID, rules.AskResolved, tickets.By{}, d.Trial.At); err != nil {
		return Tried{}, err
	}
	resolved := true
	change := tickets.Change{Status: d.Ask.Status, Assignee: t.Assignee, Resolved: &resolved, By: tickets.By{Staff: d.Ask.Staff}, At: d.Trial.At}
	if err := t.Make(ctx, d.tx, change); err != nil {
		return Tried{}, err
	}
	return d.follow(ctx, rules.TicketDone, rules.TicketClosed)
}

// meet finds the customer, made if nobody has heard of them, and locks their
// standing.
func (d *dryRun) meet(ctx context.Context) (contacts.Contact, error) {
	if settings.IsID(d.Contact) {
		return contacts.Lock(ctx, d.tx, d.CompanyID, d.TeamID, d.Contact, "", d.sender.Kind, "")
	}
	return contacts.FindOrCreate(ctx, d.tx, d.CompanyID, d.TeamID, d.sender.ID, d.sender.Kind, d.from, "")
}

// ticket is the one that the trial is about: the customer's newest, if it can
// take the new status, and else one that they open by writing.
func (d *dryRun) ticket(ctx context.Context, contact string) (tickets.Ticket, error) {
	if d.Ask.Ticket != "" {
		return tickets.Lock(ctx, d.tx, d.CompanyID, d.TeamID, d.Ask.Ticket)
	}
	t, err := tickets.Newest(ctx, d.tx, d.CompanyID, d.TeamID, contact)
	moves := d.Ask.Status == "" || t.Status == tickets.StatusOpen || t.Status == tickets.StatusDone && d.Ask.Status == tickets.StatusClosed
	if err == nil && moves || err != nil && !errors.Is(err, settings.ErrNotFound) {
		return t, err
	}
	fresh := tickets.NewTicket{CompanyID: d.CompanyID, TeamID: d.TeamID, ContactID: contact, Kind: "message", OpenedAt: d.Trial.At}
	if d.sender.ID != uuid.Nil.String() {
		fresh.SenderID = d.sender.ID
	}
	if err := fresh.Open(ctx, d.tx); err != nil {
		return t, err
	}
	return tickets.Lock(ctx, d.tx, d.CompanyID, d.TeamID, fresh.ID)
}

// follow decides about the event that the trial raised; of a question that
// waits for a decent hour, the text is that of its release.
func (d *dryRun) follow(ctx context.Context, kinds ...channels.EventKind) (Tried, error) {
	e, payload, err := raisedSince(ctx, d.tx, d.CompanyID, d.TeamID, d.began, kinds)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	c, err := d.gateway.load(ctx, d.tx, e, payload)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	first, err := d.decide(ctx, &c)
	if err != nil || c.Decision.Outcome != rules.Deferred {
		return first, err
	}
	d.at(d.gateway.Clock.Now().Add(c.Decision.Hold))
	again, err := d.gateway.load(ctx, d.tx, e, payload)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	return d.released(ctx, first, &again)
}
