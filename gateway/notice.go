package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/messages"
	"ringback/gateway/notifications"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// noticeMessage tells the staff of a message that stands on a ticket. An answer
// to what was asked is told of as such.
func noticeMessage(ctx context.Context, tx *sqlx.Tx, c contacts.Contact, d rules.Decision, heard messages.Message, from string) error {
	n := notifications.Notice{
		CompanyID: heard.CompanyID, TeamID: heard.TeamID, TicketID: heard.TicketID, Kind: notifications.Message, Thing: heard.EventID, At: heard.At,
		About: notifications.About{Text: heard.Text, From: from},
	}
	switch {
	case heard.TicketID == "" || c.BlockedAt != nil || d.Ticket == rules.AnswerTicket:
		return nil
	case d.Ticket == rules.OpenTicket:
		n.Kind, n.Thing = notifications.NewTicket, heard.TicketID
	}
	return notifications.Tell(ctx, tx, n)
}

// noticeCall tells the staff of a call that nobody took.
func noticeCall(ctx context.Context, tx *sqlx.Tx, c journal.Call, s journal.Settlement) error {
	n := notifications.Notice{
		CompanyID: c.CompanyID, TeamID: c.TeamID, TicketID: s.Ticket, Kind: notifications.MissedCall, Thing: c.ID, At: s.EndedAt,
		About: notifications.About{Who: s.Contact},
	}
	if s.Outcome == string(calls.Voicemail) {
		n.Kind = notifications.Voicemail
	}
	if !rules.Withheld(c.Caller) {
		n.About.From = c.Caller
	}
	return notifications.Tell(ctx, tx, n)
}

// pause notes that the provider refused a sender, and tells the admins the
// first time.
func (g *Gateway) pause(ctx context.Context, c deliveries.Claimed, code string) error {
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sender %s: pause: %w", c.SenderID, err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	first, err := settings.PauseSender(ctx, tx, c.CompanyID, c.SenderID, code, g.Clock.Now())
	if err != nil {
		return err
	}
	if first {
		if err := notifications.Tell(ctx, tx, notifications.Notice{
			CompanyID: c.CompanyID, TeamID: c.TeamID, Kind: notifications.SenderPaused, Thing: c.SenderID + "/" + g.Clock.Now().Format(time.RFC3339Nano),
			At: g.Clock.Now(), About: notifications.About{From: c.From, Word: code},
		}); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// textFor is how long a text to one of the staff makes sense.
const textFor = time.Hour

// TextStaff puts a text to one of the staff into the outbox of the team's first
// number that takes texts. It has no decision, so it counts in nobody's budget,
// and stands on no ticket.
func (g *Gateway) TextStaff(ctx context.Context, tx *sqlx.Tx, t notifications.TextTo) error {
	var version int64
	const find = `select version from teams where company_id = $1 and id = nullif($2, '')::uuid`
	if err := tx.GetContext(ctx, &version, find, t.CompanyID, t.TeamID); err != nil {
		return fmt.Errorf("team %s: %w", t.TeamID, err)
	}
	team, err := g.Settings.Get(ctx, tx, t.CompanyID, t.TeamID, version)
	if err != nil {
		return err
	}
	sender, found := team.Sender(tickets.TextSender(team, ""))
	if !found || sender.Kind != channels.SMS {
		return notifications.ErrNoSender
	}
	now := g.Clock.Now()
	out := deliveries.Outgoing{
		CompanyID: t.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: t.TeamID, ContactID: t.StaffID, SenderID: sender.ID,
		Kind: sender.Kind, Account: sender.Account, From: sender.Address, To: t.To, Text: t.Text, ExpiresAt: now.Add(textFor),
	}
	return out.Queue(ctx, tx, g.Clock.Queue())
}
