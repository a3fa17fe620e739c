package inbox

import (
	"context"
	"errors"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/text"
	"ringback/settings/transaction"
)

// The channels on which a conversation can be begun.
const (
	bySMS      = "sms"
	byWhatsApp = "whatsapp"
)

// Conversation is what somebody of the staff writes to a person who need not have
// written before.
type Conversation struct {
	To       string    `json:"to" minLength:"1" maxLength:"200" doc:"Their phone number in E.164 form, or as it is written where the team's numbers are; on WhatsApp an id as well"`
	Channel  string    `json:"channel,omitempty" enum:"sms,whatsapp" doc:"Left out: WhatsApp with a template, else SMS"`
	Text     string    `json:"text,omitempty" maxLength:"1600" doc:"On WhatsApp it goes out within 24 hours of their last message, and else the template does"`
	Template *Template `json:"template,omitempty" doc:"Of WhatsApp's, which it takes at any time"`
	Name     string    `json:"name,omitempty" maxLength:"200" doc:"Of somebody who has none here yet"`
	Consent  string    `json:"consent,omitempty" maxLength:"500" doc:"How they agreed to be written to, such as: asked for it by phone on 3 March. Kept with their opt-outs and opt-ins; it lifts no opt-out"`
	TryAgain bool      `json:"try_again,omitempty" doc:"Send it although an earlier text did not reach the address (409 unreachable, with its code and time): when it is delivered, the address counts as reached again"`
}

// Conversed is a conversation that was begun, or that goes on.
type Conversed struct {
	Ticket   string `json:"ticket" doc:"The one that was open with them, or else a new one"`
	Contact  string `json:"contact"`
	Delivery string `json:"delivery" doc:"Whose state says what becomes of the message"`
}

// Converse writes to somebody who need not have written before. What forbids it is a
// *settings.Conflict whose code says why. The key makes it safe to repeat; it may be
// empty.
func (d Desk) Converse(ctx context.Context, who staff.Principal, team, key string, c Conversation) (Conversed, error) {
	if err := c.check(); err != nil {
		return Conversed{}, err
	}
	var made Conversed
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		chosen, err := settings.Load(ctx, tx, who.CompanyID, team)
		if err != nil {
			return err
		}
		route, err := c.route(chosen)
		if err != nil {
			return err
		}
		met, err := contacts.FindOrCreate(ctx, tx, who.CompanyID, team, route.Sender.ID, route.Sender.Kind, route.To, "")
		if err != nil {
			return err
		}
		made, err = once(ctx, tx, who.CompanyID, key, "conversation/"+team, c, func() (Conversed, error) {
			return d.converse(ctx, tx, who, chosen, route, met, c)
		})
		return err
	})
	if err == nil {
		d.moved(who.CompanyID, team, made.Ticket)
	}
	return made, err
}

func (c Conversation) check() error {
	var wrong settings.Invalid
	wrong.Add(text.Blank(c.Text) && c.Template == nil, "text", "text_or_template")
	wrong.Add(c.Template != nil && c.Channel == bySMS, "template", "whatsapp_only")
	if c.Template != nil {
		if err := wrong.Take(c.Template.check()); err != nil {
			return err
		}
	}
	wrong.Bounds("", c)
	return wrong.Err()
}

// route is from which of the team's senders the person is written to, and where.
func (c Conversation) route(team *settings.Snapshot) (tickets.ReplyRoute, error) {
	kinds := []channels.Kind{channels.SMS}
	switch {
	case c.Template != nil && c.Template.twilio():
		kinds = []channels.Kind{channels.WhatsAppTwilio}
	case c.Template != nil:
		kinds = []channels.Kind{channels.WhatsAppCloud}
	case c.Channel == byWhatsApp:
		kinds = []channels.Kind{channels.WhatsAppCloud, channels.WhatsAppTwilio}
	}
	to, err := c.address(team, kinds[0])
	if err != nil {
		return tickets.ReplyRoute{}, err
	}
	for _, kind := range kinds {
		for _, sender := range team.Senders {
			if sender.Kind == kind {
				return tickets.ReplyRoute{Sender: sender, To: to}, nil
			}
		}
	}
	return tickets.ReplyRoute{}, settings.NewConflict("channel", string(rules.ReasonNoSender))
}

// address is where the person is written to: a number without a country is one of
// where the team's own numbers are.
func (c Conversation) address(team *settings.Snapshot, kind channels.Kind) (string, error) {
	to := strings.TrimSpace(c.To)
	if rules.OnWhatsApp(kind) && contacts.IsWhatsAppID(to) {
		return to, nil
	}
	to = settings.Dialed(to, settings.RegionOf(team.Senders))
	if code := settings.PhoneFault(to); code != "" {
		return "", settings.Refuse("to", code)
	}
	return to, nil
}

// converse checks whether the person may be written to, finds or opens the ticket,
// and sends what is to be said. Their standing is locked.
func (d Desk) converse(ctx context.Context, tx *sqlx.Tx, who staff.Principal, team *settings.Snapshot, route tickets.ReplyRoute, met contacts.Contact, c Conversation) (Conversed, error) {
	if met.BlockedAt != nil {
		return Conversed{}, settings.NewConflict("to", string(rules.ReasonBlocked))
	}
	route.Again = c.TryAgain
	_, err := route.Check(ctx, tx, team, met.ID)
	var refused *settings.Conflict
	if errors.As(err, &refused) {
		refused.Field = "to"
	}
	if err != nil {
		return Conversed{}, err
	}
	said := tickets.Said{Text: strings.TrimSpace(c.Text), Who: who.Who, Staff: who.StaffID, At: d.Clock.Now()}
	if rules.OnWhatsApp(route.Sender.Kind) {
		r, err := contacts.FindWhatsAppSession(ctx, tx, who.CompanyID, team.Team.ID, met.ID, route.Sender.ID, said.At)
		if err != nil {
			return Conversed{}, err
		}
		switch {
		case said.Text != "" && !r.Heard.IsZero() && said.At.Before(r.Heard.Add(rules.Window)):
			if c.Template != nil {
				said.Otherwise = c.Template.outgoing()
			}
		case c.Template == nil:
			return Conversed{}, settings.NewConflict("text", string(rules.ReasonWindowClosed))
		default:
			said.Template = c.Template.outgoing()
			if err := d.templateGoes(ctx, tx, route.Sender, *said.Template); err != nil {
				return Conversed{}, err
			}
		}
	}
	if met.Name == "" && c.Name != "" {
		named := func(card *contacts.Card) error { card.Name = c.Name; return nil }
		if _, err := contacts.Change(ctx, tx, d.actor(who, team.Team.ID), met.ID, named); err != nil {
			return Conversed{}, err
		}
	}
	if words := strings.TrimSpace(c.Consent); words != "" {
		if err := contacts.NoteAgreement(ctx, tx, d.actor(who, team.Team.ID), met.ID, words); err != nil {
			return Conversed{}, err
		}
	}
	t, err := d.openWith(ctx, tx, who, team.Team.ID, route, met.ID)
	if err != nil {
		return Conversed{}, err
	}
	said, err = t.SayOn(ctx, tx, team, route, said, d.Clock.Queue())
	return Conversed{Ticket: t.ID, Contact: t.ContactID, Delivery: said.Delivery}, err
}

// openWith is the ticket that is open with the person, or else a new one, on which
// stands who began to write to them and when.
func (d Desk) openWith(ctx context.Context, tx *sqlx.Tx, who staff.Principal, team string, route tickets.ReplyRoute, contact string) (tickets.Ticket, error) {
	by, now := tickets.By{Who: who.Who, Staff: who.StaffID}, d.Clock.Now()
	t, err := tickets.Newest(ctx, tx, who.CompanyID, team, contact)
	switch {
	case errors.Is(err, settings.ErrNotFound) || err == nil && t.Status == tickets.StatusClosed:
		fresh := tickets.NewTicket{CompanyID: who.CompanyID, TeamID: team, ContactID: contact, SenderID: route.Sender.ID, Kind: "message", OpenedAt: now, Assignee: who.StaffID}
		if err := fresh.Open(ctx, tx); err != nil {
			return t, err
		}
		if t, err = tickets.Lock(ctx, tx, who.CompanyID, team, fresh.ID); err != nil {
			return t, err
		}
	case err != nil:
		return t, err
	case t.Status == tickets.StatusDone: // whether it is resolved is not asked any more
		if err := requests.Withdraw(ctx, tx, t.CompanyID, t.ID, rules.AskResolved, by, now); err != nil {
			return t, err
		}
		if err := t.Make(ctx, tx, tickets.Change{Status: tickets.StatusOpen, Assignee: t.Assignee, By: by, At: now}); err != nil {
			return t, err
		}
		t.Status = tickets.StatusOpen
	}
	return t, t.Begin(ctx, tx, by, route.Sender.Kind, now)
}
