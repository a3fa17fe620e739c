package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v85"
)

// standing is a checkout session as it stands when it is asked for, with its
// payment: https://docs.stripe.com/api/checkout/sessions/object
type standing struct {
	session

	Status        stripe.CheckoutSessionStatus `json:"status"`
	PaymentIntent struct {
		Status stripe.PaymentIntentStatus `json:"status"`
	} `json:"payment_intent"`
}

// ErrUnknown is a checkout that the account does not know.
var ErrUnknown = errors.New("stripe: there is no such checkout")

// Look asks what became of a checkout, for whoever has heard nothing of it. What is
// empty while it can still be paid. ErrUnknown: it is another account's.
func (c *Client) Look(ctx context.Context, checkout string, at time.Time) (PaymentUpdate, error) {
	params := &stripe.CheckoutSessionRetrieveParams{}
	params.AddExpand("payment_intent")
	params.Context = ctx
	var now standing
	err := c.backend.Call(http.MethodGet, stripe.FormatURLPath("/v1/checkout/sessions/%s", checkout), c.key, params, &now)
	var refused *stripe.Error
	switch {
	case errors.As(err, &refused) && refused.HTTPStatusCode == http.StatusNotFound:
		return PaymentUpdate{}, fmt.Errorf("%w: %s", ErrUnknown, refused.Msg)
	case err != nil:
		return PaymentUpdate{}, fmt.Errorf("stripe: look: %w", err)
	}
	told := PaymentUpdate{ID: checkout, Order: now.ClientReferenceID, What: now.what(), At: at}
	told.money(now.AmountTotal, now.Currency)
	return told, nil
}

// what is what the events would have said that led here.
func (s standing) what() string {
	switch {
	case s.Status == stripe.CheckoutSessionStatusExpired:
		return Expired
	case s.Status != stripe.CheckoutSessionStatusComplete:
		return ""
	case s.PaymentStatus == stripe.CheckoutSessionPaymentStatusUnpaid && s.bounced():
		return Bounced
	}
	return ofSession(stripe.EventTypeCheckoutSessionCompleted, s.session)
}

// bounced reports whether the money of a checkout that is complete did not come: its
// payment would have to begin anew.
func (s standing) bounced() bool {
	status := s.PaymentIntent.Status
	return status == stripe.PaymentIntentStatusRequiresPaymentMethod || status == stripe.PaymentIntentStatusCanceled
}
