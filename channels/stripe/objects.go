package stripe

import (
	"encoding/json"

	"github.com/stripe/stripe-go/v85"
)

// What is read of Stripe's objects. The library's own types name everything that
// Stripe sells, and whoever reads one links them all: 7 MB for a dozen fields.

// session is https://docs.stripe.com/api/checkout/sessions/object
type session struct {
	stripe.APIResource

	ID                string                              `json:"id"`
	URL               string                              `json:"url"`
	ExpiresAt         int64                               `json:"expires_at"`
	ClientReferenceID string                              `json:"client_reference_id"`
	PaymentStatus     stripe.CheckoutSessionPaymentStatus `json:"payment_status"`
	AmountTotal       int64                               `json:"amount_total"`
	Currency          stripe.Currency                     `json:"currency"`
}

// intent is https://docs.stripe.com/api/payment_intents/object
type intent struct {
	stripe.APIResource

	Amount       int64             `json:"amount"`
	Currency     stripe.Currency   `json:"currency"`
	Metadata     map[string]string `json:"metadata"`
	LatestCharge *charge           `json:"latest_charge"`
}

// charge is https://docs.stripe.com/api/charges/object
type charge struct {
	Refunded       bool              `json:"refunded"`
	AmountRefunded int64             `json:"amount_refunded"`
	Currency       stripe.Currency   `json:"currency"`
	Metadata       map[string]string `json:"metadata"`
}

// UnmarshalJSON reads a charge that is expanded; of one that is not, Stripe tells
// the id alone, which nobody here needs.
func (c *charge) UnmarshalJSON(data []byte) error {
	if _, ok := stripe.ParseID(data); ok {
		return nil
	}
	type plain charge
	return json.Unmarshal(data, (*plain)(c))
}

// refund is https://docs.stripe.com/api/refunds/object
type refund struct {
	Amount        int64           `json:"amount"`
	Currency      stripe.Currency `json:"currency"`
	PaymentIntent *reference      `json:"payment_intent"`
}

// dispute is https://docs.stripe.com/api/disputes/object
type dispute struct {
	Amount        int64                `json:"amount"`
	Currency      stripe.Currency      `json:"currency"`
	Status        stripe.DisputeStatus `json:"status"`
	PaymentIntent *reference           `json:"payment_intent"`
}

// reference names an object by its id, or brings it whole:
// https://docs.stripe.com/api/expanding_objects
type reference struct {
	ID string `json:"id"`
}

// UnmarshalJSON reads both.
func (r *reference) UnmarshalJSON(data []byte) error {
	if id, ok := stripe.ParseID(data); ok {
		r.ID = id
		return nil
	}
	type plain reference
	return json.Unmarshal(data, (*plain)(r))
}
