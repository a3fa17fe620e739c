package stripe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"ringback/channels"
)

// order is what our id of an order is called in Stripe's metadata.
const order = "ringback_order"

// What becomes of a payment.
const (
	Failed     = "failed"     // a card was refused; the checkout goes on
	Processing = "processing" // complete, and the money is on its way: a bank debit
	Expired    = "expired"
	Bounced    = "bounced" // the money did not come, and the checkout is over
	Paid       = "paid"
	Refunded   = "refunded"
	// RefundFailed is that the money of a refund came back to us.
	// https://docs.stripe.com/refunds#failed-refunds
	RefundFailed = "refund_failed"
)

// What becomes of a payment that the customer's bank wants back.
const (
	Disputed    = "disputed"
	DisputeWon  = "dispute_won"
	DisputeLost = "dispute_lost"
)

// PaymentUpdate is what Stripe tells of a payment.
type PaymentUpdate struct {
	ID       string // of the event
	Order    string // ours
	Intent   string // Stripe's id of the payment, where its order is not told: see Client.Complete
	What     string // empty: nothing that matters here
	Amount   int64  // paid, disputed, or refunded so far
	Currency string
	Whole    bool  // of a refund: all of it
	Left     int64 // of a refund that failed: what is refunded all the same
	At       time.Time
}

// Read verifies an event by Stripe's own library and says what it tells:
// channels.ErrSignature when it was not signed by Stripe, or long ago; a
// *channels.Malformed when it cannot be read.
func (c *Client) Read(payload []byte, signature string) (PaymentUpdate, error) {
	at := slices.IndexFunc(c.secrets, func(secret string) bool { return webhook.ValidatePayload(payload, signature, secret) == nil })
	if at < 0 {
		return PaymentUpdate{}, channels.ErrSignature
	}
	event, err := webhook.ConstructEventWithOptions(payload, signature, c.secrets[at], webhook.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
	if err != nil {
		return PaymentUpdate{}, &channels.Malformed{Detail: "the body is no event"}
	}
	told := PaymentUpdate{ID: event.ID, At: time.Unix(event.Created, 0).UTC()}
	if event.Data == nil {
		return told, &channels.Malformed{Field: "data", Detail: "is missing"}
	}
	if err := told.read(event); err != nil {
		return told, err
	}
	if strings.ContainsRune(told.ID+told.Order+told.Intent+told.Currency, 0) { // which cannot be written down
		return told, &channels.Malformed{Field: "data", Detail: "holds a NUL character"}
	}
	return told, nil
}

func (u *PaymentUpdate) read(event stripe.Event) error {
	switch event.Type {
	case "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "checkout.session.expired":
		var s session
		if err := json.Unmarshal(event.Data.Raw, &s); err != nil {
			return &channels.Malformed{Field: "data", Detail: "is no checkout session"}
		}
		u.Order, u.What = s.ClientReferenceID, ofSession(event.Type, s)
		u.money(s.AmountTotal, s.Currency)
	case "payment_intent.payment_failed":
		var p intent
		if err := json.Unmarshal(event.Data.Raw, &p); err != nil {
			return &channels.Malformed{Field: "data", Detail: "is no payment intent"}
		}
		u.Order, u.What = p.Metadata[order], Failed
		u.money(p.Amount, p.Currency)
	case "charge.refunded":
		var c charge
		if err := json.Unmarshal(event.Data.Raw, &c); err != nil {
			return &channels.Malformed{Field: "data", Detail: "is no charge"}
		}
		u.Order, u.What, u.Whole = c.Metadata[order], Refunded, c.Refunded
		u.money(c.AmountRefunded, c.Currency)
	case "refund.failed":
		var r refund
		if err := json.Unmarshal(event.Data.Raw, &r); err != nil {
			return &channels.Malformed{Field: "data", Detail: "is no refund"}
		}
		u.What = RefundFailed
		u.money(r.Amount, r.Currency)
		if r.PaymentIntent != nil {
			u.Intent = r.PaymentIntent.ID
		}
	case "charge.dispute.created", "charge.dispute.closed":
		var d dispute
		if err := json.Unmarshal(event.Data.Raw, &d); err != nil {
			return &channels.Malformed{Field: "data", Detail: "is no dispute"}
		}
		u.What = ofDispute(d.Status)
		u.money(d.Amount, d.Currency)
		if d.PaymentIntent != nil { // its own metadata is the dispute's, not the payment's
			u.Intent = d.PaymentIntent.ID
		}
	}
	return nil
}

func (u *PaymentUpdate) money(amount int64, currency stripe.Currency) {
	u.Amount, u.Currency = amount, strings.ToUpper(string(currency))
}

// ofSession is what an event of a checkout means. One that is complete and
// unpaid waits for the bank:
// https://docs.stripe.com/checkout/fulfillment#delayed-payment-methods
func ofSession(kind stripe.EventType, s session) string {
	switch {
	case kind == "checkout.session.expired":
		return Expired
	case kind == "checkout.session.async_payment_failed":
		return Bounced
	case s.PaymentStatus == stripe.CheckoutSessionPaymentStatusPaid:
		return Paid
	case s.PaymentStatus == stripe.CheckoutSessionPaymentStatusUnpaid:
		return Processing
	}
	return ""
}

// ofDispute is where a dispute stands: https://docs.stripe.com/api/disputes/object#dispute_object-status
func ofDispute(status stripe.DisputeStatus) string {
	switch status {
	case stripe.DisputeStatusLost:
		return DisputeLost
	case stripe.DisputeStatusWon, stripe.DisputeStatusWarningClosed, stripe.DisputeStatusPrevented:
		return DisputeWon
	}
	return Disputed
}

// Complete asks Stripe what an event does not say of its payment: our id of the
// order, empty when it is not of ours, and what is refunded by now.
func (c *Client) Complete(ctx context.Context, u *PaymentUpdate) error {
	params := &stripe.PaymentIntentRetrieveParams{}
	params.AddExpand("latest_charge")
	params.Context = ctx
	var paid intent
	if err := c.backend.Call(http.MethodGet, stripe.FormatURLPath("/v1/payment_intents/%s", u.Intent), c.key, params, &paid); err != nil {
		return fmt.Errorf("stripe: payment: %w", err)
	}
	u.Order = paid.Metadata[order]
	if paid.LatestCharge != nil {
		u.Left = paid.LatestCharge.AmountRefunded
	}
	return nil
}
