package gateway

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// apply carries a decision on a message out: ticket, timeline, consent,
// outbox, and the decision itself.
func (g *Gateway) apply(ctx context.Context, tx *sqlx.Tx, e events.Event, told channels.Event, c contacts.Contact, s rules.Situation, d rules.Decision) ([]Change, error) {
	ticket, number, err := applyTicket(ctx, tx, e, c, s, d)
	if err != nil {
		return nil, err
	}
	heard := messages.Message{
		ID: uuid.Must(uuid.NewV7()).String(), CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.ID, SenderID: e.SenderID, TicketID: ticket,
		Author: "customer", Kind: told.Message.Kind, About: told.Message.About, Text: told.Message.Text, Media: told.Message.Media, EventID: e.ID, At: e.OccurredAt,
	}
	if err := heard.Insert(ctx, tx); err != nil {
		return nil, err
	}
	if err := outboundhooks.Tell(ctx, tx, e.CompanyID, outboundhooks.MessageReceived, e.OccurredAt, map[string]any{
		"message": heard.ID, "team": e.TeamID, "contact": c.ID, "ticket": ticket, "sender": e.SenderID, "channel": told.Sender,
		"from": told.CustomerAddress, "text": heard.Text, "media": len(heard.Media),
	}); err != nil {
		return nil, err
	}
	if err := noticeMessage(ctx, tx, c, d, heard, told.CustomerAddress); err != nil {
		return nil, err
	}
	if err := applyAnswer(ctx, tx, e, heard, d); err != nil {
		return nil, err
	}
	files := media.Origin{
		CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.ID, TicketID: ticket, MessageID: heard.ID, Kind: told.Sender, Account: told.Account,
	}
	if err := files.Expect(ctx, tx, told.Message.Media, g.Clock.Queue()); err != nil {
		return nil, err
	}
	if err := applyStanding(ctx, tx, e, c, d, told.Message.Text); err != nil {
		return nil, err
	}
	id, err := decisions.NewID()
	if err != nil {
		return nil, err
	}
	made := decisions.Decision{
		CompanyID: e.CompanyID, ID: id, TeamID: e.TeamID, ContactID: c.ID, TicketID: ticket,
		EventID: e.ID, EventKind: string(e.Kind), ProviderID: e.ProviderID, Automation: d.Automation,
		Outcome: string(d.Outcome), Reason: string(d.Reason), Facts: d.Facts, At: e.OccurredAt,
	}
	changes := []Change{{Kind: "decision", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: id}}
	if d.Sends() {
		made.Text = d.Text(number)
		if made.DeliveryID, err = g.reply(ctx, tx, heard, made, s, d, number); err != nil {
			return nil, err
		}
		changes = append(changes, Change{Kind: "delivery", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: made.DeliveryID})
	}
	return changes, made.Insert(ctx, tx)
}

// applyTicket returns the id and number of the ticket that the message stands
// on; empty and 0 when it stands on none.
func applyTicket(ctx context.Context, tx *sqlx.Tx, e events.Event, c contacts.Contact, s rules.Situation, d rules.Decision) (string, int64, error) {
	switch d.Ticket {
	case rules.AnswerTicket:
		return d.Question.Ticket, d.Question.Number, nil
	case rules.JoinTicket:
		return s.Ticket.ID, s.Ticket.Number, nil
	case rules.ReopenTicket:
		if err := requests.Withdraw(ctx, tx, e.CompanyID, s.Ticket.ID, rules.AskResolved, "", e.OccurredAt); err != nil {
			return "", 0, err
		}
		return s.Ticket.ID, s.Ticket.Number, tickets.Reopen(ctx, tx, e.CompanyID, s.Ticket.ID, e.OccurredAt)
	case rules.OpenTicket:
		t := tickets.NewTicket{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.ID, SenderID: e.SenderID, Kind: "message", OpenedAt: e.OccurredAt}
		err := t.Open(ctx, tx)
		return t.ID, t.Number, err
	}
	return "", 0, nil
}

// applyAnswer stores the answer that a message is, and does what follows from
// it; or remembers that somebody was told we have theirs.
func applyAnswer(ctx context.Context, tx *sqlx.Tx, e events.Event, heard messages.Message, d rules.Decision) error {
	if d.Question == nil {
		return nil
	}
	t, err := tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, d.Question.Ticket)
	if err != nil {
		return err
	}
	r, err := requests.Lock(ctx, tx, e.CompanyID, d.Question.ID)
	if err != nil {
		return err
	}
	if d.Answer == nil {
		return r.ToldAgain(ctx, tx, e.OccurredAt)
	}
	a := requests.Answer{Approved: d.Answer.Approved, Resolved: d.Answer.Resolved, Score: d.Answer.Score}
	if d.Answer.Files > 0 {
		a.Message = heard.ID
	}
	_, err = r.Give(ctx, tx, t, a, "text", e.OccurredAt)
	return err
}

// applyStanding notes a change of heart, or that the contact seems a machine.
func applyStanding(ctx context.Context, tx *sqlx.Tx, e events.Event, c contacts.Contact, d rules.Decision, words string) error {
	if d.Consent != rules.NoChange {
		change := contacts.Consent{
			CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.ID, OptedOut: d.Consent == rules.OptOut,
			Source: "message", Words: words, EventID: e.ID, At: e.OccurredAt,
		}
		if err := change.Record(ctx, tx); err != nil {
			return err
		}
	}
	if d.Pause {
		return contacts.Pause(ctx, tx, e.CompanyID, e.TeamID, c.ID, e.OccurredAt.Add(rules.LoopPause))
	}
	return nil
}

// reply puts the decision's text into the outbox and on the timeline, and
// returns the delivery's id. It goes from the sender that the customer wrote
// to, unless the decision names another.
func (g *Gateway) reply(ctx context.Context, tx *sqlx.Tx, heard messages.Message, made decisions.Decision, s rules.Situation, d rules.Decision, number int64) (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("reply to event %s: %w", made.EventID, err)
	}
	sender, ok := s.Team.Sender(cmp.Or(d.Sender, s.Event.Sender))
	if !ok {
		return "", fmt.Errorf("reply to event %s: sender %s is not the team's any more", made.EventID, s.Event.Sender)
	}
	out := deliveries.Outgoing{
		CompanyID: made.CompanyID, ID: id.String(), TeamID: made.TeamID, ContactID: made.ContactID, TicketID: made.TicketID,
		DecisionID: made.ID, SenderID: sender.ID, Kind: sender.Kind, Account: sender.Account, From: sender.Address, To: cmp.Or(d.To, s.Event.From),
		Text: made.Text, Template: d.Template(number), Choices: d.Choices, ExpiresAt: s.Expires(),
	}
	if err := out.Queue(ctx, tx, g.Clock.Queue()); err != nil {
		return "", err
	}
	said := heard
	said.SenderID, said.Kind, said.About = sender.ID, "", ""
	said.ID, said.Author, said.Text, said.Media, said.EventID, said.DeliveryID, said.At = "", "automation", made.Text, nil, "", out.ID, s.Now
	return out.ID, said.Insert(ctx, tx)
}
