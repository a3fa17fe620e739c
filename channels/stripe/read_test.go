package stripe_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85/webhook"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/channels/stripe"
)

const secret = "whsec_test"

// TestBothSecretsVerify while the secret of Stripe's events is changed, and no
// third.
func TestBothSecretsVerify(t *testing.T) {
	client := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: secret, Previous: "whsec_before"})
	body := event("customer.created", `{}`)
	for _, with := range []string{secret, "whsec_before"} {
		_, err := client.Read([]byte(body), signed(body, with))
		require.NoError(t, err)
	}
	for _, with := range []string{"whsec_other", "x"} {
		_, err := client.Read([]byte(body), signed(body, with))
		require.ErrorIs(t, err, channels.ErrSignature)
	}
	_, err := reader().Read([]byte(body), signed(body, ""))
	require.ErrorIs(t, err, channels.ErrSignature, "no secret before signs nothing")
}

func reader() *stripe.Client {
	return stripe.New(stripe.Config{Key: "sk_test_123", Webhook: secret, BaseURL: "http://127.0.0.1:1"})
}

// signed is what Stripe's own library makes of an event.
func signed(payload, with string) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(payload), Secret: with}).Header
}

func event(kind, object string) string {
	return fmt.Sprintf(`{"id":"evt_1","object":"event","type":%q,"created":1780315200,"api_version":"2020-08-27","data":{"object":%s}}`, kind, object)
}

// TestWhatStripeTells: an event in, what it means for a payment out.
func TestWhatStripeTells(t *testing.T) {
	session := func(status string) string {
		return `{"object":"checkout.session","client_reference_id":"order-1","amount_total":14990,"currency":"usd","payment_status":"` + status + `"}`
	}
	update := func(what string, amount int64, whole bool) stripe.PaymentUpdate {
		return stripe.PaymentUpdate{ID: "evt_1", Order: "order-1", What: what, Amount: amount, Currency: "USD", Whole: whole, At: time.Unix(1780315200, 0).UTC()}
	}
	dispute := func(status string) string {
		return `{"object":"dispute","amount":14990,"currency":"usd","status":"` + status + `","payment_intent":"pi_1","metadata":{}}`
	}
	disputed := func(what string) stripe.PaymentUpdate {
		return stripe.PaymentUpdate{ID: "evt_1", Intent: "pi_1", What: what, Amount: 14990, Currency: "USD", At: time.Unix(1780315200, 0).UTC()}
	}
	nothing := stripe.PaymentUpdate{ID: "evt_1", At: time.Unix(1780315200, 0).UTC()}
	for name, c := range map[string]struct {
		kind, object string
		want         stripe.PaymentUpdate
	}{
		"paid":                                  {"checkout.session.completed", session("paid"), update("paid", 14990, false)},
		"complete, and the money is on its way": {"checkout.session.completed", session("unpaid"), update("processing", 14990, false)},
		"the money has come":                    {"checkout.session.async_payment_succeeded", session("paid"), update("paid", 14990, false)},
		"the money did not come":                {"checkout.session.async_payment_failed", session("unpaid"), update("bounced", 14990, false)},
		"the checkout expired":                  {"checkout.session.expired", session("unpaid"), update("expired", 14990, false)},
		"a card was refused":                    {"payment_intent.payment_failed", `{"object":"payment_intent","amount":14990,"currency":"usd","metadata":{"ringback_order":"order-1"}}`, update("failed", 14990, false)},
		"a part is given back":                  {"charge.refunded", `{"object":"charge","amount":14990,"amount_refunded":500,"refunded":false,"currency":"usd","metadata":{"ringback_order":"order-1"}}`, update("refunded", 500, false)},
		"all is given back":                     {"charge.refunded", `{"object":"charge","amount":14990,"amount_refunded":14990,"refunded":true,"currency":"usd","metadata":{"ringback_order":"order-1"}}`, update("refunded", 14990, true)},
		"somebody else's charge":                {"charge.refunded", `{"object":"charge","amount_refunded":500,"currency":"usd","metadata":{}}`, stripe.PaymentUpdate{ID: "evt_1", What: "refunded", Amount: 500, Currency: "USD", At: nothing.At}},
		"a refund comes back":                   {"refund.failed", `{"object":"refund","amount":14990,"currency":"usd","status":"failed","payment_intent":"pi_1","charge":"ch_1","metadata":{}}`, disputed("refund_failed")},
		"a refund whose payment comes whole":    {"refund.failed", `{"object":"refund","amount":14990,"currency":"usd","status":"failed","payment_intent":{"id":"pi_1","object":"payment_intent"},"metadata":{}}`, disputed("refund_failed")},
		"the bank wants it back":                {"charge.dispute.created", dispute("needs_response"), disputed("disputed")},
		"an inquiry":                            {"charge.dispute.created", dispute("warning_needs_response"), disputed("disputed")},
		"and has it back":                       {"charge.dispute.closed", dispute("lost"), disputed("dispute_lost")},
		"and does not":                          {"charge.dispute.closed", dispute("won"), disputed("dispute_won")},
		"nothing was to pay":                    {"checkout.session.completed", session("no_payment_required"), update("", 14990, false)},
		"something else":                        {"customer.created", `{"object":"customer"}`, nothing},
		"a kind that is new":                    {"mandate.refreshed", `{}`, nothing},
	} {
		body := event(c.kind, c.object)
		told, err := reader().Read([]byte(body), signed(body, secret))
		require.NoError(t, err, name)
		require.Equal(t, c.want, told, name)
	}
}

// TestWhoIsNotStripe changes nothing, whatever they say.
func TestWhoIsNotStripe(t *testing.T) {
	body := event("checkout.session.completed", `{"object":"checkout.session","payment_status":"paid"}`)
	right := signed(body, secret)
	for name, c := range map[string][2]string{
		"no signature":        {body, ""},
		"another secret":      {body, signed(body, "whsec_other")},
		"an empty secret":     {body, signed(body, "")},
		"another body":        {strings.Replace(body, "paid", "PAID", 1), right},
		"a byte more":         {body + " ", right},
		"half a signature":    {body, right[:len(right)-1]},
		"no time":             {body, right[strings.Index(right, ",")+1:]},
		"long ago":            {body, "t=1480315200," + right[strings.Index(right, ",")+1:]},
		"only an old version": {body, strings.Replace(right, "v1=", "v0=", 1)},
	} {
		_, err := reader().Read([]byte(c[0]), c[1])
		require.ErrorIs(t, err, channels.ErrSignature, name)
	}
}

// TestWhatStripeWouldNotSay, though it is signed, is refused in words.
func TestWhatStripeWouldNotSay(t *testing.T) {
	for _, body := range []string{
		``, `[]`, `no json`, `{"id":"evt_1","object":"event","type":"charge.refunded"}`,
		event("charge.refunded", `[]`), event("checkout.session.completed", `"x"`), event("payment_intent.payment_failed", `{"amount":"x"}`),
	} {
		_, err := reader().Read([]byte(body), signed(body, secret))
		var wrong *channels.Malformed
		require.ErrorAs(t, err, &wrong, body)
	}
}

func TestAnythingMayBeInASignedBody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"checkout.session.completed", "charge.refunded", "charge.dispute.created", "payment_intent.payment_failed"}).Draw(t, "kind")
		field := rapid.SampledFrom([]string{"amount_total", "currency", "metadata", "client_reference_id", "refunded", "payment_status", "payment_intent", "status"}).Draw(t, "field")
		value := rapid.SampledFrom([]string{"null", "1", "-1", "1e99", "true", `"x"`, "[]", "{}", `{"ringback_order":1}`}).Draw(t, "value")
		body := event(kind, fmt.Sprintf(`{%q:%s}`, field, value))
		require.NotPanics(t, func() { _, _ = reader().Read([]byte(body), signed(body, secret)) })
	})
}

// TestWithoutAKeyOrASecretThereIsNoStripe: an empty secret would take anybody's word.
func TestWithoutAKeyOrASecretThereIsNoStripe(t *testing.T) {
	require.Nil(t, stripe.New(stripe.Config{}))
	require.Nil(t, stripe.New(stripe.Config{Key: "sk_test_123"}))
	require.Nil(t, stripe.New(stripe.Config{Webhook: secret}))
}

// TestWhereACheckoutIsPaid: at Stripe's own origin, or where it is played.
func TestWhereACheckoutIsPaid(t *testing.T) {
	for base, want := range map[string]string{"": "https://checkout.stripe.com", "http://127.0.0.1:4711/": "http://127.0.0.1:4711"} {
		require.Equal(t, want, stripe.New(stripe.Config{Key: "sk_test_123", Webhook: secret, BaseURL: base}).Origin())
	}
}

// TestTheSameOrderIsOneCheckout: a repeat has the same key, so that Stripe
// makes no second one; and the order travels with the payment as well.
func TestTheSameOrderIsOneCheckout(t *testing.T) {
	var keys, forms []string
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		keys, forms = append(keys, r.Header.Get("Idempotency-Key")), append(forms, r.PostForm.Get("payment_intent_data[metadata][ringback_order]")+" "+r.PostForm.Get("success_url"))
		_, _ = w.Write([]byte(`{"id":"cs_1","url":"https://checkout.stripe.com/cs_1","expires_at":1780315200}`))
	}))
	defer provider.Close()
	client := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: secret, BaseURL: provider.URL})
	for range 2 {
		made, err := client.Checkout(t.Context(), stripe.Order{ID: "order-1", Amount: 14990, Currency: "USD", Description: "Repair", Language: "en", Return: "https://texts.example.com/r/x", Expires: time.Unix(1780315200, 0)})
		require.NoError(t, err)
		require.Equal(t, stripe.Checkout{ID: "cs_1", URL: "https://checkout.stripe.com/cs_1", Expires: time.Unix(1780315200, 0).UTC()}, made)
	}
	require.Equal(t, []string{"ringback/order-1", "ringback/order-1"}, keys)
	require.Equal(t, "order-1 https://texts.example.com/r/x?paid=1", forms[0])
}

// TestWhatAnEventDoesNotSay is asked: Stripe is asked to bring the charge whole,
// and one that it names by its id alone, or not at all, has nothing refunded.
func TestWhatAnEventDoesNotSay(t *testing.T) {
	for charge, left := range map[string]int64{`{"id":"ch_1","object":"charge","amount_refunded":500}`: 500, `"ch_1"`: 0, `null`: 0} {
		var asked string
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.Method + " " + r.URL.String()
			_, _ = w.Write([]byte(`{"id":"pi_1","object":"payment_intent","metadata":{"ringback_order":"order-1"},"latest_charge":` + charge + `}`))
		}))
		update := stripe.PaymentUpdate{Intent: "pi_1"}
		require.NoError(t, stripe.New(stripe.Config{Key: "sk_test_123", Webhook: secret, BaseURL: provider.URL}).Complete(t.Context(), &update))
		provider.Close()
		require.Equal(t, "GET /v1/payment_intents/pi_1?expand[0]=latest_charge", asked)
		require.Equal(t, stripe.PaymentUpdate{Intent: "pi_1", Order: "order-1", Left: left}, update, charge)
	}
}

// TestAnAnswerWithoutAnAddressIsNone, and no error names the key.
func TestAnAnswerWithoutAnAddressIsNone(t *testing.T) {
	for status, body := range map[int]string{200: `{"id":"cs_1"}`, 401: `{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}`, 302: ``} {
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Stripe-Should-Retry", "false")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		_, err := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: secret, BaseURL: provider.URL}).Checkout(t.Context(), stripe.Order{ID: "order-1", Currency: "USD"})
		require.Error(t, err)
		require.NotContains(t, err.Error(), "sk_test_123")
		provider.Close()
	}
}
