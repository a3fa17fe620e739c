// Package stripe takes customers' payments through Stripe Checkout: a page of
// Stripe's own, so that no card is ever seen here.
//
// The hard decision: a checkout is asked for under a name of ours (Stripe's
// idempotency key), so that asking twice, from two tabs or after a lost answer,
// is one checkout and can be one payment only.
package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"
)

// Config is an account at Stripe.
type Config struct {
	Key      string // secret
	Webhook  string // the secret that signs its events
	Previous string // the one before, while it is changed; empty: there is none
	BaseURL  string // in place of https://api.stripe.com; empty: Stripe's
}

// Client speaks to Stripe.
type Client struct {
	secrets []string // that may sign an event
	key     string
	backend stripe.Backend
	origin  string
}

// patience bounds one call: a customer waits for it.
const patience = 12 * time.Second

// New returns a client, or nil when there is no account.
func New(c Config) *Client {
	if c.Key == "" || c.Webhook == "" {
		return nil
	}
	config := &stripe.BackendConfig{
		HTTPClient: &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		// The library's own log would name what it was asked.
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}, EnableTelemetry: stripe.Bool(false), MaxNetworkRetries: stripe.Int64(1),
	}
	origin := "https://checkout.stripe.com"
	if c.BaseURL != "" {
		config.URL = stripe.String(strings.TrimRight(c.BaseURL, "/"))
		if u, err := url.Parse(c.BaseURL); err == nil {
			origin = u.Scheme + "://" + u.Host
		}
	}
	secrets := []string{c.Webhook}
	if c.Previous != "" {
		secrets = append(secrets, c.Previous)
	}
	return &Client{secrets: secrets, origin: origin, key: c.Key, backend: stripe.GetBackendWithConfig(stripe.APIBackend, config)}
}

// Origin is where checkouts live, for a page that leads there.
func (c *Client) Origin() string { return c.origin }

// Order is what a customer pays.
type Order struct {
	ID          string // ours, by which each event names it
	Amount      int64  // in the currency's smallest unit
	Currency    string // ISO 4217
	Description string // at most 500 characters
	Language    string // of the page
	Return      string // where the customer comes back to
	Expires     time.Time
}

// Checkout is a page where an order can be paid.
type Checkout struct {
	ID, URL string
	Expires time.Time
}

// Checkout opens a page for an order; the same order has the same page.
func (c *Client) Checkout(ctx context.Context, o Order) (Checkout, error) {
	params := &stripe.CheckoutSessionCreateParams{
		Mode: stripe.String("payment"), ClientReferenceID: stripe.String(o.ID), Locale: stripe.String(o.Language),
		SuccessURL: stripe.String(o.Return + "?paid=1"), CancelURL: stripe.String(o.Return), ExpiresAt: stripe.Int64(o.Expires.Unix()),
		LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: stripe.String(strings.ToLower(o.Currency)), UnitAmount: stripe.Int64(o.Amount),
				ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String(o.Description)},
			},
		}},
		// What becomes of the payment is told by this name, not by the checkout's.
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{Metadata: map[string]string{order: o.ID}},
	}
	params.SetIdempotencyKey("ringback/" + o.ID)
	params.Context = ctx
	var made session
	if err := c.backend.Call(http.MethodPost, "/v1/checkout/sessions", c.key, params, &made); err != nil {
		return Checkout{}, fmt.Errorf("stripe: checkout: %w", err)
	}
	if made.ID == "" || made.URL == "" {
		return Checkout{}, errors.New("stripe: checkout: the answer has no id or address")
	}
	return Checkout{ID: made.ID, URL: made.URL, Expires: time.Unix(made.ExpiresAt, 0).UTC()}, nil
}

// ErrOver is a checkout that was paid or has ended already.
var ErrOver = errors.New("stripe: the checkout is over")

// Expire ends a checkout, so that nobody can pay there any more.
func (c *Client) Expire(ctx context.Context, checkout string) error {
	params := &stripe.CheckoutSessionExpireParams{Params: stripe.Params{Context: ctx}}
	err := c.backend.Call(http.MethodPost, stripe.FormatURLPath("/v1/checkout/sessions/%s/expire", checkout), c.key, params, &session{})
	var refused *stripe.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && (refused.HTTPStatusCode == http.StatusBadRequest || refused.HTTPStatusCode == http.StatusNotFound):
		return fmt.Errorf("%w: %s", ErrOver, refused.Msg)
	}
	return fmt.Errorf("stripe: expire: %w", err)
}
