package webhooks

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels/stripe"
)

// maxStripe bounds an event of Stripe's, in bytes.
const maxStripe = 1 << 20

// Payments is where Stripe tells what became of payments.
type Payments struct {
	Read func(payload []byte, signature string) (stripe.PaymentUpdate, error)
	// Settle makes it durable.
	Settle func(ctx context.Context, told stripe.PaymentUpdate) error
}

// paid takes an event of Stripe's. It is thanked for once what it tells is
// durable; what does not concern us is thanked for, too.
func (c Config) paid(long scales) gin.HandlerFunc {
	return func(g *gin.Context) {
		until := time.Now().Add(cmp.Or(c.Patience, patience))
		ctx, cancel := context.WithDeadline(g.Request.Context(), until)
		defer cancel()
		request, done, err := c.read(ctx, g, maxStripe, until, long)
		defer done()
		var told stripe.PaymentUpdate
		if err == nil {
			told, err = c.Payments.Read(request.Body, request.Header.Get("Stripe-Signature"))
		}
		if err == nil {
			err = c.Payments.Settle(ctx, told)
		}
		if err != nil {
			c.refuse(g, err)
			return
		}
		g.String(http.StatusOK, "ok\n")
	}
}
