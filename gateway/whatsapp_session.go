package gateway

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/settings"
)

// reached fills in what the situation's event needs when it is on WhatsApp.
func reached(ctx context.Context, q sqlx.QueryerContext, e events.Event, contact string, s *rules.Situation) error {
	if !rules.OnWhatsApp(s.Event.Channel) {
		return nil
	}
	r, err := contacts.FindWhatsAppSession(ctx, q, e.CompanyID, e.TeamID, contact, s.Event.Sender, s.Now)
	if err != nil {
		return err
	}
	s.Reached = r
	if sender, known := s.Team.Sender(s.Event.Sender); known && !s.WindowOpen() {
		s.Reached.Held, err = heldTemplates(ctx, q, sender)
	}
	return err
}

// heldTemplates are those of a sender's that would be refused.
func heldTemplates(ctx context.Context, q sqlx.QueryerContext, sender settings.Sender) ([]rules.HeldTemplate, error) {
	found, err := settings.HeldTemplates(ctx, q, sender)
	held := make([]rules.HeldTemplate, len(found))
	for n, t := range found {
		held[n] = rules.HeldTemplate{Name: t.Name, Language: t.Language, State: t.State}
	}
	return held, err
}
