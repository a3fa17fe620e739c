package tickets

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/gsm7"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/rules"
	"ringback/settings"
)

// Said is an advisor's own message.
type Said struct {
	ID        string
	Text      string
	Files     []string           // ids of the team's media that go along
	Template  *channels.Template // goes out in place of the text; nil: the text does
	Otherwise *channels.Template // goes out if the provider takes no free text any more; nil: none does
	Who       string             // the advisor's name
	Staff     string             // and id; empty: an API key
	At        time.Time
	Again     bool   // though an earlier text did not reach the address
	Delivery  string // by which the timeline shows how it fares
}

// CheckReachable is the ticket's customer and where they are spoken to. What forbids an
// advisor to write is a *settings.Conflict whose code is the reason, as a decision
// would name it: nobody writes to who opted out, on any phone channel, and nobody
// can without a sender or to an address that no text reaches.
func (t Ticket) CheckReachable(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot) (contacts.Contact, ReplyRoute, error) {
	line, err := t.Line(ctx, tx, team)
	if err != nil {
		return contacts.Contact{}, line, err
	}
	c, err := line.Check(ctx, tx, team, t.Person())
	return c, line, err
}

// CheckPlanned is CheckReachable for what goes out later, which a block forbids as
// well: it came, or will have come, after the advisor wrote.
func (t Ticket) CheckPlanned(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot) error {
	c, _, err := t.CheckReachable(ctx, tx, team)
	if err == nil && c.BlockedAt != nil {
		err = settings.NewConflict("contact", string(rules.ReasonBlocked))
	}
	return err
}

// Check is CheckReachable for a route that is known. The contact's standing is
// locked.
func (l ReplyRoute) Check(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot, contact string) (contacts.Contact, error) {
	c, err := contacts.Lock(ctx, tx, team.Team.CompanyID, team.Team.ID, contact, l.Sender.ID, l.Sender.Kind, l.To)
	switch {
	case err != nil:
		return c, err
	case l.Sender.ID == "":
		return c, settings.NewConflict("ticket", "no_sender")
	case l.To == "":
		return c, settings.NewConflict("contact", "no_address")
	}
	known := c.Known()
	known.Unreachable = known.Unreachable && !l.Again
	reason := rules.CannotReach(team, l.Sender, l.To, known)
	switch {
	case reason == "":
		return c, nil
	case reason == rules.ReasonUnreachable && c.UnreachableAt != nil:
		return c, settings.NewConflict("contact", string(reason), "Code", c.Unreachable, "Since", c.UnreachableAt.UTC().Format(time.RFC3339))
	}
	return c, settings.NewConflict("contact", string(reason))
}

// Say sends an advisor's message to the ticket's customer, where they were last
// heard.
func (t Ticket) Say(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot, s Said, queue clock.Due) (Said, error) {
	line, err := t.Line(ctx, tx, team)
	if err != nil {
		return s, err
	}
	line.Again = s.Again
	if _, err := line.Check(ctx, tx, team, t.Person()); err != nil {
		return s, err
	}
	if line, err = t.window(ctx, tx, team, line, s.At); err != nil {
		return s, err
	}
	return t.SayOn(ctx, tx, team, line, s, queue)
}

// SayOn is Say on a route that was checked. From now on the gateway keeps out of the
// conversation for a while, what it held back in case an advisor is quicker is
// dropped, and a ticket that was nobody's is theirs.
func (t Ticket) SayOn(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot, line ReplyRoute, s Said, queue clock.Due) (Said, error) {
	if line.Sender.Kind == channels.SMS && team.Team.PlainLetters {
		s.Text = gsm7.Plain(s.Text)
	}
	parts, err := s.parts(ctx, tx, t.CompanyID, line.Sender.Kind)
	if err != nil {
		return s, err
	}
	for n, part := range parts {
		part.ID, part.Delivery = uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
		if err := t.say(ctx, tx, line, part, queue); err != nil {
			return s, err
		}
		if n == 0 {
			s.ID, s.Delivery = part.ID, part.Delivery
		}
	}
	if err := contacts.AdvisorSpoke(ctx, tx, t.CompanyID, t.TeamID, t.Person(), s.At); err != nil {
		return s, fmt.Errorf("ticket %s: %w", t.ID, err)
	}
	if t.Assignee == nil && s.Staff != "" {
		err = t.Make(ctx, tx, Change{Status: t.Status, Assignee: &s.Staff, Resolved: t.Resolved, By: By{Who: s.Who, Staff: s.Staff}, At: s.At})
	}
	return s, err
}

// maxCaption is how many characters WhatsApp shows beside a file.
const maxCaption = 1024

// parts are the messages that it takes: on WhatsApp one for each file, and one
// for a text that no file can carry, because it is too long for a caption or the
// first file is a sound.
func (s Said) parts(ctx context.Context, tx sqlx.QueryerContext, company string, kind channels.Kind) ([]Said, error) {
	if !rules.OnWhatsApp(kind) || len(s.Files) == 0 {
		return []Said{s}, nil
	}
	kept, err := media.Named(ctx, tx, company, s.Files)
	if err != nil {
		return nil, err
	}
	var parts []Said
	text := s.Text
	if text != "" && (utf8.RuneCountInString(text) > maxCaption || strings.HasPrefix(kept[s.Files[0]].ContentType, "audio/")) {
		alone := s
		alone.Files, text = nil, ""
		parts = append(parts, alone)
	}
	for _, file := range s.Files {
		part := s
		part.Text, part.Files, text = text, []string{file}, ""
		parts = append(parts, part)
	}
	return parts, nil
}

// say queues one message and writes it on the timeline.
func (t Ticket) say(ctx context.Context, tx sqlx.ExtContext, line ReplyRoute, s Said, queue clock.Due) error {
	out := deliveries.Outgoing{
		CompanyID: t.CompanyID, ID: s.Delivery, TeamID: t.TeamID, ContactID: t.Person(), TicketID: t.ID,
		SenderID: line.Sender.ID, Kind: line.Sender.Kind, Account: line.Sender.Account, From: line.Sender.Address, To: line.To, Text: s.Text, Files: s.Files, Template: s.Template, Otherwise: s.Otherwise,
		TriedAgain: line.Again,
	}
	if err := deliveries.Queue(ctx, tx, queue, out); err != nil {
		return err
	}
	if s.Template != nil && s.Text == "" {
		s.Text = s.Template.Words()
	}
	message := messages.Message{
		ID: s.ID, CompanyID: t.CompanyID, TeamID: t.TeamID, ContactID: t.Person(), TicketID: t.ID, SenderID: line.Sender.ID,
		Author: "advisor", Who: s.Who, StaffID: s.Staff, Text: s.Text, DeliveryID: s.Delivery, At: s.At,
	}
	for _, id := range s.Files {
		message.Media = append(message.Media, channels.Media{ID: id})
	}
	return messages.Insert(ctx, tx, message)
}
