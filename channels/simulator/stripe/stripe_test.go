package stripe_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/stripe"
	channel "ringback/channels/stripe"
)

// world is a fake Stripe, and a gateway's door that keeps what it is told.
type world struct {
	*testing.T
	*stripe.Simulator
	base   string
	client *channel.Client

	mu     sync.Mutex
	told   []channel.PaymentUpdate
	status int // that the door answers with
}

func newWorld(t *testing.T, change func(*stripe.Config)) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, status: http.StatusOK}
	door := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		update, err := w.client.Read(raw, r.Header.Get("Stripe-Signature"))
		w.mu.Lock()
		defer w.mu.Unlock()
		if err != nil || r.URL.Path != "/webhooks/stripe" {
			answer.WriteHeader(http.StatusBadRequest)
			return
		}
		w.told = append(w.told, update)
		answer.WriteHeader(w.status)
	}))
	t.Cleanup(door.Close)
	config := stripe.Config{Key: "sk_test_simulated", Secret: "whsec_simulated", Hook: func() string { return door.URL + "/" }}
	if change != nil {
		change(&config)
	}
	w.Simulator = stripe.New(config)
	var err error
	w.base, err = w.Listen("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(w.Close)
	w.client = channel.New(channel.Config{Key: config.Key, Webhook: "whsec_simulated", BaseURL: w.base})
	return w
}

func (w *world) order(id string) channel.Checkout {
	w.Helper()
	made, err := w.client.Checkout(w.Context(), channel.Order{
		ID: id, Amount: 14990, Currency: "USD", Description: `Repair <of> "valve"`, Language: "en",
		Return: "https://texts.example.com/r/x", Expires: time.Unix(1780315200, 0),
	})
	require.NoError(w, err)
	return made
}

// what are the updates that the gateway was told, in short.
func (w *world) what() (words []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.told {
		words = append(words, strings.TrimSpace(one.Order+" "+one.What))
	}
	return words
}

// call is a request of any kind, with the key unless it is empty.
func (w *world) call(method, path, key string, form url.Values) (int, string, http.Header) {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), method, w.base+path, strings.NewReader(form.Encode()))
	require.NoError(w, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	require.NoError(w, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(w, err)
	return answer.StatusCode, string(raw), answer.Header
}

// TestACheckoutIsOrderedOnce: the real client makes one here as at Stripe, and one
// alone for the same order.
func TestACheckoutIsOrderedOnce(t *testing.T) {
	w := newWorld(t, nil)
	first := w.order("order-1")
	require.Equal(t, first, w.order("order-1"))
	second := w.order("order-2")
	require.NotEqual(t, first.ID, second.ID)
	require.Equal(t, w.base+"/pay/"+first.ID, first.URL)
	require.Equal(t, time.Unix(1780315200, 0).UTC(), first.Expires)
	made := w.Checkouts()
	require.Len(t, made, 2)
	require.Equal(t, []any{"order-1", int64(14990), "usd", `Repair <of> "valve"`, "open"}, []any{made[0].Order, made[0].Amount, made[0].Currency, made[0].Purpose, made[0].Status})
}

// TestWhatIsNoOrder is refused as Stripe refuses, and makes nothing.
func TestWhatIsNoOrder(t *testing.T) {
	w := newWorld(t, nil)
	fine := url.Values{"mode": {"payment"}, "success_url": {"https://x.example"}, "line_items[0][price_data][unit_amount]": {"100"}}
	with := func(name, value string) url.Values {
		form := url.Values{}
		for key, values := range fine {
			form[key] = values
		}
		form.Set(name, value)
		return form
	}
	for name, c := range map[string]struct {
		key    string
		form   url.Values
		status int
	}{
		"without a key":         {"", fine, 401},
		"another key":           {"sk_test_other", fine, 401},
		"nothing":               {"sk_test_simulated", nil, 400},
		"no amount":             {"sk_test_simulated", with("line_items[0][price_data][unit_amount]", ""), 400},
		"an amount of nothing":  {"sk_test_simulated", with("line_items[0][price_data][unit_amount]", "0"), 400},
		"an amount below":       {"sk_test_simulated", with("line_items[0][price_data][unit_amount]", "-5"), 400},
		"an amount of cents":    {"sk_test_simulated", with("line_items[0][price_data][unit_amount]", "1.50"), 400},
		"another mode":          {"sk_test_simulated", with("mode", "subscription"), 400},
		"nowhere to come back":  {"sk_test_simulated", with("success_url", ""), 400},
		"an end without a key":  {"", nil, 401},
		"what is for, unknown ": {"", nil, 401},
	} {
		path, method := "/v1/checkout/sessions", http.MethodPost
		switch {
		case strings.HasPrefix(name, "an end"):
			path = "/v1/checkout/sessions/cs_1/expire"
		case strings.HasPrefix(name, "what is for"):
			path, method = "/v1/payment_intents/pi_1", http.MethodGet
		}
		status, body, _ := w.call(method, path, c.key, c.form)
		require.Equal(t, c.status, status, name)
		var refusal struct {
			Error struct{ Type, Message string }
		}
		require.NoError(t, json.Unmarshal([]byte(body), &refusal), name)
		require.Equal(t, "invalid_request_error", refusal.Error.Type, name)
		require.NotEmpty(t, refusal.Error.Message, name)
	}
	require.Empty(t, w.Checkouts())
}

// TestWhatTheGatewayIsTold of each thing that can happen, as it reads it: signed,
// about the order, before the call that made it happen returns.
func TestWhatTheGatewayIsTold(t *testing.T) {
	w := newWorld(t, nil)
	id := w.order("order-1").ID
	for _, c := range []struct {
		name   string
		happen func() (int, error)
		told   string
		status string
	}{
		{"a card is declined", func() (int, error) { return w.Decline(t.Context(), id) }, "order-1 failed", "open"},
		{"a debit is on its way", func() (int, error) { return w.Debit(t.Context(), id) }, "order-1 processing", "complete"},
		{"it bounces", func() (int, error) { return w.Bounce(t.Context(), id) }, "order-1 bounced", "complete"},
		{"it comes", func() (int, error) { return w.Clear(t.Context(), id) }, "order-1 paid", "complete"},
		{"a part is given back", func() (int, error) { return w.Refund(t.Context(), id, 500) }, "order-1 refunded", "complete"},
		{"it is over", func() (int, error) { return w.Expire(t.Context(), id) }, "order-1 expired", "expired"},
		{"it is paid", func() (int, error) { return w.Pay(t.Context(), id) }, "order-1 paid", "complete"},
	} {
		before := len(w.what())
		status, err := c.happen()
		require.NoError(t, err, c.name)
		require.Equal(t, http.StatusOK, status, c.name)
		require.Len(t, w.what(), before+1, c.name)
		require.Equal(t, c.told, w.what()[before], c.name)
		require.Equal(t, c.status, w.Checkouts()[0].Status, c.name)
	}
	for status, want := range map[string]string{"needs_response": "disputed", "won": "dispute_won", "lost": "dispute_lost"} {
		before := len(w.told)
		_, err := w.Dispute(t.Context(), id, status)
		require.NoError(t, err)
		require.Equal(t, []string{want, "pi_" + id}, []string{w.told[before].What, w.told[before].Intent}, "a dispute names the payment alone")
	}
	_, err := w.FailRefund(t.Context(), id, 500)
	require.NoError(t, err)
	require.Equal(t, "refund_failed", w.told[len(w.told)-1].What)
	ids := map[string]bool{}
	for _, one := range w.told {
		require.False(t, ids[one.ID], "each event has an id of its own")
		ids[one.ID] = true
	}
	_, err = w.Pay(t.Context(), "cs_of_nobody")
	require.Error(t, err)
}

// TestEventsComeTwice where that is asked for: the same event, with its id.
func TestEventsComeTwice(t *testing.T) {
	w := newWorld(t, func(c *stripe.Config) { c.Twice = true })
	_, err := w.Pay(t.Context(), w.order("order-1").ID)
	require.NoError(t, err)
	require.Len(t, w.told, 2)
	require.Equal(t, w.told[0], w.told[1])
}

// TestWhatTheDoorSays comes back to who made it happen, and a signature that
// another secret made is refused by the gateway.
func TestWhatTheDoorSays(t *testing.T) {
	w := newWorld(t, func(c *stripe.Config) { c.Secret = "whsec_other" })
	status, err := w.Pay(t.Context(), w.order("order-1").ID)
	require.NoError(t, err)
	require.Equal(t, http.StatusBadRequest, status)
	require.Empty(t, w.told)
}

// TestACheckoutEnds once; what goes wrong there is no end, and a paid one is over.
func TestACheckoutEnds(t *testing.T) {
	w := newWorld(t, nil)
	open, paid := w.order("order-1").ID, w.order("order-2").ID
	_, err := w.Pay(t.Context(), paid)
	require.NoError(t, err)
	w.Break(1)
	require.Error(t, w.client.Expire(t.Context(), open))
	require.Equal(t, "open", w.Checkouts()[0].Status)
	require.NoError(t, w.client.Expire(t.Context(), open))
	require.Equal(t, []string{"order-2 paid", "order-1 expired"}, w.what())
	require.ErrorIs(t, w.client.Expire(t.Context(), open), channel.ErrOver)
	require.ErrorIs(t, w.client.Expire(t.Context(), paid), channel.ErrOver)
	require.ErrorIs(t, w.client.Expire(t.Context(), "cs_of_nobody"), channel.ErrOver)
}

// TestWhatAPaymentIsFor: the order, and how much was given back.
func TestWhatAPaymentIsFor(t *testing.T) {
	w := newWorld(t, nil)
	id := w.order("order-1").ID
	_, err := w.Refund(t.Context(), id, 500)
	require.NoError(t, err)
	status, body, _ := w.call(http.MethodGet, "/v1/payment_intents/pi_"+id, w.Key, nil)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"id":"pi_`+id+`","object":"payment_intent","amount":14990,"currency":"usd","metadata":{"ringback_order":"order-1"},
		"latest_charge":{"id":"ch_`+id+`","object":"charge","amount_refunded":500}}`, body)
	disputed := channel.PaymentUpdate{Intent: "pi_" + id}
	require.NoError(t, w.client.Complete(t.Context(), &disputed))
	require.Equal(t, "order-1", disputed.Order, "by which a dispute is found")
	_, err = w.FailRefund(t.Context(), id, 500)
	require.NoError(t, err)
	_, body, _ = w.call(http.MethodGet, "/v1/payment_intents/pi_"+id, w.Key, nil)
	require.Contains(t, body, `"amount_refunded":0`, "a refund that failed is none")
	status, _, _ = w.call(http.MethodGet, "/v1/payment_intents/pi_of_nobody", w.Key, nil)
	require.Equal(t, http.StatusNotFound, status)
}

// TestTheFourButtons: each leads where Stripe's would, after the gateway was told.
func TestTheFourButtons(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct{ press, to, told, status string }{
		{"pay", "https://texts.example.com/r/x?paid=1", "paid", "complete"},
		{"debit", "https://texts.example.com/r/x?paid=1", "processing", "complete"},
		{"fail", "https://texts.example.com/r/x", "failed", "open"},
		{"cancel", "https://texts.example.com/r/x", "", "open"},
		{"", "https://texts.example.com/r/x", "", "open"},
	} {
		made, before := w.order("order of "+c.press), len(w.what())
		path := strings.TrimPrefix(made.URL, w.base)
		status, page, _ := w.call(http.MethodGet, path, "", nil)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "Repair &lt;of&gt; &#34;valve&#34;", "a name is text alone")
		require.Contains(t, page, "14990 usd")
		status, _, header := w.call(http.MethodPost, path, "", url.Values{"do": {c.press}})
		require.Equal(t, http.StatusSeeOther, status)
		require.Equal(t, c.to, header.Get("Location"), c.press)
		if c.told == "" {
			require.Len(t, w.what(), before)
		} else {
			require.Equal(t, []string{"order of " + c.press + " " + c.told}, w.what()[before:])
		}
		_, page, _ = w.call(http.MethodGet, path, "", nil)
		require.Equal(t, c.status == "open", strings.Contains(page, "<button"), c.press)
		if c.status != "open" {
			status, _, header = w.call(http.MethodPost, path, "", url.Values{"do": {"pay"}})
			require.Equal(t, []any{http.StatusSeeOther, path}, []any{status, header.Get("Location")}, "one that is over says so")
			require.Len(t, w.what(), before+1)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		status, _, _ := w.call(method, "/pay/cs_of_nobody", "", nil)
		require.Equal(t, http.StatusNotFound, status)
	}
}

// TestAGatewayThatIsAway: who presses is told, and nothing is lost in silence.
func TestAGatewayThatIsAway(t *testing.T) {
	w := newWorld(t, func(c *stripe.Config) { c.Hook = func() string { return "http://127.0.0.1:1" } })
	made := w.order("order-1")
	_, err := w.Pay(t.Context(), made.ID)
	require.Error(t, err)
	open := w.order("order-2")
	status, _, _ := w.call(http.MethodPost, strings.TrimPrefix(open.URL, w.base), "", url.Values{"do": {"pay"}})
	require.Equal(t, http.StatusBadGateway, status)
}
