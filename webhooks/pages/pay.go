package pages

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"ringback/channels/stripe"
	"ringback/gateway/payments"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
)

// payment is what the page says of a payment.
type payment struct {
	Origin               string // where paying happens
	Waiting, Failed, Off bool
}

// payment adds to the view how paying stands.
func (p *Pages) payment(g *gin.Context, v *View) error {
	if v.Kind != rules.AskPayment {
		return nil
	}
	if p.Stripe == nil {
		v.Pay.Off = true
		return nil
	}
	v.Pay.Origin = p.Stripe.Origin()
	newest, err := payments.Newest(g.Request.Context(), p.DB, v.CompanyID, v.ID)
	if errors.Is(err, settings.ErrNotFound) {
		return nil
	}
	v.Pay.Failed = newest.State == stripe.Failed || newest.State == stripe.Bounced
	v.Pay.Waiting = g.Query("paid") != "" && newest.State == "open"
	if err == nil && g.Query("paid") != "" {
		err = payments.Returned(g.Request.Context(), p.DB, v.CompanyID, v.ID, p.Clock.Queue())
	}
	return err
}

// pay leads to where the customer pays: two tabs to the same place.
func (p *Pages) pay(g *gin.Context, v View) {
	ctx, now := g.Request.Context(), p.Clock.Now()
	switch {
	case v.State == requests.Answered:
		g.Redirect(http.StatusSeeOther, v.Path)
		return
	case v.Processing != nil:
		g.Redirect(http.StatusSeeOther, v.Path)
		return
	case v.State == requests.Cancelled:
		p.draw(g, http.StatusGone, "cancelled.html", v)
		return
	case !v.Live(now):
		p.draw(g, http.StatusGone, "expired.html", v)
		return
	case p.Stripe == nil:
		p.draw(g, http.StatusConflict, "payment.html", v)
		return
	}
	attempt, err := payments.BeginOnPage(ctx, p.DB, v.Request, now, p.Clock.Queue())
	if errors.Is(err, payments.ErrOver) { // taken back or paid while the button was pressed: the page says which
		g.Redirect(http.StatusSeeOther, v.Path)
		return
	}
	if err != nil {
		p.fail(g, err)
		return
	}
	if attempt.URL == "" {
		checkout, err := p.Stripe.Checkout(ctx, stripe.Order{
			ID: attempt.ID, Amount: attempt.Amount, Currency: attempt.Currency, Description: v.purpose(), Language: v.Words.Tag,
			Return: requests.Link(p.PublicURL(), g.Param("token")), Expires: attempt.ExpiresAt,
		})
		if err == nil {
			attempt.URL = checkout.URL
			err = attempt.Opened(ctx, p.DB, checkout, p.Clock.Queue())
		}
		if err != nil {
			p.Log.Error("a checkout could not be opened", "request", v.ID, "error", err)
			v.Fault = "pay"
			p.draw(g, http.StatusBadGateway, "payment.html", v)
			return
		}
	}
	p.guard(g, v.Pay.Origin)
	g.Redirect(http.StatusSeeOther, attempt.URL)
}

// purpose is what the payment is for, as the payment's page names it.
func (v View) purpose() string {
	for _, words := range []string{v.Description, v.Page.Message, v.Company} {
		if words != "" {
			return words
		}
	}
	return "Ringback"
}
