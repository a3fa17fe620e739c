package tickets

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/gsm7"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/messages"
	"ringback/settings"
)

// Said is an advisor's own message.
type Said struct {
	ID       string
	Text     string
	Files    []string // ids of the team's media that go along
	Who      string   // the advisor's name
	Staff    string   // and id; empty: an API key
	At       time.Time
	Delivery string // by which the timeline shows how it fares
}

// CheckReachable is the ticket's customer and where they are spoken to. What forbids an
// advisor to write is a *settings.Conflict: nobody writes to who opted out, on
// any phone channel, and nobody can without a sender or an address.
func (t Ticket) CheckReachable(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot) (contacts.Contact, ReplyRoute, error) {
	line, err := t.Line(ctx, tx, team)
	if err != nil {
		return contacts.Contact{}, line, err
	}
	c, err := contacts.Lock(ctx, tx, t.CompanyID, t.TeamID, t.ContactID, line.Sender.ID, line.Sender.Kind, line.To)
	switch {
	case err != nil:
	case line.Sender.ID == "":
		err = settings.NewConflict("ticket", "no_sender")
	case line.To == "":
		err = settings.NewConflict("contact", "no_address")
	case (c.OptedOutAt != nil || c.SenderOptOut) && line.Sender.Kind != channels.WebChat:
		err = settings.NewConflict("contact", "opted_out")
	}
	return c, line, err
}

// Say sends an advisor's message to the ticket's customer. From now on the
// gateway keeps out of the conversation for a while, and what it held back in
// case an advisor is quicker is dropped.
func (t Ticket) Say(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot, s Said, queue clock.Due) (Said, error) {
	_, line, err := t.CheckReachable(ctx, tx, team)
	if err != nil {
		return s, err
	}
	if line, err = t.window(ctx, tx, team, line, s.At); err != nil {
		return s, err
	}
	if line.Sender.Kind == channels.SMS && team.Team.PlainLetters {
		s.Text = gsm7.Plain(s.Text)
	}
	s.ID, s.Delivery = uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
	out := deliveries.Outgoing{
		CompanyID: t.CompanyID, ID: s.Delivery, TeamID: t.TeamID, ContactID: t.ContactID, TicketID: t.ID,
		SenderID: line.Sender.ID, Kind: line.Sender.Kind, Account: line.Sender.Account, From: line.Sender.Address, To: line.To, Text: s.Text, Files: s.Files,
	}
	if err := deliveries.Queue(ctx, tx, queue, out); err != nil {
		return s, err
	}
	message := messages.Message{
		ID: s.ID, CompanyID: t.CompanyID, TeamID: t.TeamID, ContactID: t.ContactID, TicketID: t.ID, SenderID: line.Sender.ID,
		Author: "advisor", Who: s.Who, StaffID: s.Staff, Text: s.Text, DeliveryID: s.Delivery, At: s.At,
	}
	for _, id := range s.Files {
		message.Media = append(message.Media, channels.Media{ID: id})
	}
	if err := messages.Insert(ctx, tx, message); err != nil {
		return s, err
	}
	if err := contacts.AdvisorSpoke(ctx, tx, t.CompanyID, t.TeamID, t.ContactID, s.At); err != nil {
		return s, fmt.Errorf("ticket %s: %w", t.ID, err)
	}
	return s, nil
}
