package webhooks

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stripe/stripe-go/v85/webhook"

	"ringback/channels/stripe"
)

// FuzzStripe makes any event: nothing panics, what nobody signed is not settled, and
// what is settled can be written down.
func FuzzStripe(f *testing.F) {
	const secret = "whsec_test"
	for _, one := range [][2]string{
		{"checkout.session.completed", `{"object":"checkout.session","client_reference_id":"order-1","amount_total":14990,"currency":"usd","payment_status":"paid"}`},
		{"payment_intent.payment_failed", `{"object":"payment_intent","amount":14990,"currency":"usd","metadata":{"ringback_order":"order-1"}}`},
		{"charge.refunded", `{"object":"charge","amount_refunded":1,"refunded":true,"metadata":{"ringback_order":"a\u0000b"}}`},
		{"refund.failed", `{"object":"refund","payment_intent":"pi_1","currency":"\ud800"}`},
		{"charge.dispute.closed", `{"object":"dispute","status":"lost","payment_intent":{"id":"pi_1"}}`},
		{"customer.created", `{}`},
	} {
		f.Add([]byte(`{"id":"evt_1","object":"event","type":"`+one[0]+`","created":1780315200,"data":{"object":`+one[1]+`}}`), "t=1,v1=00")
	}
	f.Add([]byte(`{"id":"evt_1","object":"event","data":null}`), "")
	f.Add([]byte(`[]`), "t=,v1=")
	client := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: secret, BaseURL: "http://127.0.0.1:1"})
	f.Fuzz(func(t *testing.T, body []byte, forged string) {
		var settled []stripe.PaymentUpdate
		h := doors(Config{Payments: &Payments{Read: client.Read, Settle: func(_ context.Context, told stripe.PaymentUpdate) error {
			settled = append(settled, told)
			return nil
		}}})
		play := func(signature string) int {
			r := httptest.NewRequest(http.MethodPost, "/webhooks/stripe", strings.NewReader(string(body)))
			r.Header["Stripe-Signature"] = []string{signature}
			return answer(h, r).Code
		}
		if status := play(forged); status < 400 || status >= 500 || len(settled) > 0 {
			t.Fatalf("a forgery: %d, %v", status, settled)
		}
		status := play(webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: secret}).Header)
		if taken := status == http.StatusOK; status >= 500 || status < 400 && !taken || taken != (len(settled) == 1) {
			t.Fatalf("signed: %d, %v", status, settled)
		}
		for _, one := range settled {
			if text := one.ID + one.Order + one.Intent + one.Currency; !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Errorf("%+v cannot be written down", one)
			}
		}
	})
}
