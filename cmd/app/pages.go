package app

import (
	"context"
	"errors"

	"ringback/channels/stripe"
	"ringback/gateway"
	"ringback/gateway/payments"
	"ringback/webhooks"
	"ringback/webhooks/contact"
	"ringback/webhooks/pages"
)

// stripe is where customers pay; nil: nowhere.
func (a *App) stripe() *stripe.Client {
	return stripe.New(stripe.Config{Key: a.Config.StripeKey, Webhook: a.Config.StripeWebhook, Previous: a.Config.StripeWebhookPrevious, BaseURL: a.Config.StripeBaseURL})
}

// payments is the door for what becomes of payments.
func (a *App) payments() *webhooks.Payments {
	client := a.stripe()
	if client == nil {
		return nil
	}
	return &webhooks.Payments{Read: client.Read, Settle: func(ctx context.Context, told stripe.PaymentUpdate) error {
		if told.Intent != "" {
			if err := client.Complete(ctx, &told); err != nil {
				return err
			}
		}
		m, moved, err := payments.Settle(ctx, a.DB.DB, told, a.Clock.Now(), a.Clock.Queue())
		if errors.Is(err, payments.ErrOther) { // asking for it again would not help
			a.Log.Error("a payment's event was set aside", "event", told.ID, "error", err)
			a.paymentMoved(m)
			return nil
		}
		if err == nil && moved {
			a.paymentMoved(m)
		}
		return err
	}}
}

// checkouts is the queue of those about which Stripe is called on an errand.
func (a *App) checkouts(errand payments.Errand) *payments.Checkouts {
	return &payments.Checkouts{Errand: errand, DB: a.DB.Work, Clock: a.Clock, Stripe: a.stripe(), Log: a.Log, Rounds: &a.rounds, Moved: a.paymentMoved}
}

// paymentMoved lets everybody know that something became of a payment.
func (a *App) paymentMoved(m payments.Moved) {
	a.changed(gateway.Change{Kind: "request", CompanyID: m.CompanyID, TeamID: m.TeamID, ID: m.RequestID})
}

// mountPages opens the customers' pages and the teams' contact pages.
func (a *App) mountPages() error {
	c := pages.Config{
		DB: a.DB.DB, Clock: a.Clock, Log: a.Log, Media: a.Media, PublicURL: a.PublicURL, Stripe: a.stripe(), Wake: a.Gateway.Wake, Changed: a.changed,
	}
	customers, err := pages.New(c)
	if err != nil {
		return err
	}
	customers.Mount(a.Router)
	teams, err := contact.New(contact.Config{
		DB: a.DB.DB, Clock: a.Clock, Log: a.Log, PublicURL: a.PublicURL, Wake: a.Gateway.Wake, Changed: a.changed,
	})
	if err != nil {
		return err
	}
	teams.Mount(a.Router)
	return nil
}
