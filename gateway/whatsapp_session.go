package gateway

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// reached fills in what the situation's event needs when it is on WhatsApp.
func reached(ctx context.Context, q sqlx.QueryerContext, e events.Event, contact string, s *rules.Situation) error {
	if !rules.OnWhatsApp(s.Event.Channel) {
		return nil
	}
	r, err := contacts.FindWhatsAppSession(ctx, q, e.CompanyID, e.TeamID, contact, s.Event.Sender, s.Now)
	s.Reached = r
	return err
}
