package demo

import (
	"crypto/rand"

	"ringback/channels/simulator/stripe"
	"ringback/cmd/app"
)

// openTill lets the demo's customers pay: at a simulated Stripe, with buttons
// in place of cards.
func (d *Demo) openTill(c *app.Config) error {
	c.StripeKey, c.StripeWebhook = "sk_test_"+rand.Text(), "whsec_"+rand.Text()
	d.Stripe = stripe.New(stripe.Config{Key: c.StripeKey, Secret: c.StripeWebhook, Twice: true, Hook: func() string { return d.URL() }})
	var err error
	c.StripeBaseURL, err = d.played.Start(d.Stripe)
	return err
}
