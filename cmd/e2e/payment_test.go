package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	stripesim "ringback/channels/simulator/stripe"
	"ringback/channels/stripe"
	"ringback/cmd/app"
	"ringback/gateway/payments"
)

const (
	stripeKey    = "sk_test_of_the_simulator"
	stripeSecret = "whsec_of_the_simulator"
)

// till is a world in which customers can pay.
type till struct {
	*world
	stripe *stripesim.Simulator
}

func newTill(t *testing.T) *till {
	t.Helper()
	w := &till{}
	w.stripe = stripesim.New(stripesim.Config{Key: stripeKey, Secret: stripeSecret, Twice: true, Hook: func() string { return w.URL() }})
	base := plays(t, w.stripe)
	w.world = newWorld(t, func(c *app.Config) {
		c.StripeKey, c.StripeBaseURL = stripeKey, base
		c.StripeWebhook, c.StripeWebhookPrevious = "whsec_of_tomorrow", stripeSecret // while the secret is changed
	})
	w.Clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	w.text("+13125550142", "my pump leaks")
	w.settle()
	return w
}

// bill asks for a payment and returns the customer's page.
func (w *till) bill(body string) string {
	w.t.Helper()
	status, answer := w.api("POST", w.ticketOf("+13125550142")+"/requests", json.RawMessage(body))
	require.Equal(w.t, http.StatusCreated, status, answer)
	w.settle()
	all := w.sim.Inbox("+13125550142")
	require.Contains(w.t, all[len(all)-1].Body, answer["url"])
	return answer["url"].(string)
}

// browse asks for a page as a browser would that does not follow redirects.
func (w *till) browse(method, address string) (int, string, http.Header) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, address, nil)
	require.NoError(w.t, err)
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer.StatusCode, string(text), answer.Header
}

// checkout begins to pay and returns the id of the checkout.
func (w *till) checkout(page string) string {
	w.t.Helper()
	status, text, header := w.browse("POST", page)
	require.Equal(w.t, http.StatusSeeOther, status, text)
	at, err := url.Parse(header.Get("Location"))
	require.NoError(w.t, err)
	return strings.TrimPrefix(at.Path, "/pay/")
}

// told is what the ticket's timeline says of requests.
func (w *till) told() []string {
	w.t.Helper()
	_, ticket := w.api("GET", w.ticketOf("+13125550142"), nil)
	var lines []string
	for _, item := range ticket["timeline"].([]any) {
		if e := item.(map[string]any); e["type"] == "request" {
			lines = append(lines, strings.TrimSpace(e["change"].(string)+" "+e["detail"].(string)))
		}
	}
	return lines
}

func (w *till) happens(status int, err error) {
	w.t.Helper()
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, status)
}

func TestPaymentIsMadeOnce(t *testing.T) {
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": "120.00", "currency": "usd", "description": "New pump"}`)
	_, text, header := w.browse("GET", page)
	for _, words := range []string{"120.00 USD", "New pump", "Pay 120.00 USD"} {
		require.Contains(t, text, words)
	}
	require.Contains(t, header.Get("Content-Security-Policy"), "form-action 'self' http://127.0.0.1")

	ids := make([]string, 6) // as many tabs, one checkout
	var tabs sync.WaitGroup
	for n := range ids {
		tabs.Go(func() { ids[n] = w.checkout(page) })
	}
	tabs.Wait()
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	made := w.stripe.Checkouts()
	require.Len(t, made, 1)
	require.Equal(t, []any{int64(12000), "usd", "New pump", page + "?paid=1", page}, []any{made[0].Amount, made[0].Currency, made[0].Purpose, made[0].Success, made[0].Cancel})
	_, text, _ = w.browse("GET", page+"?paid=1")
	require.Contains(t, text, "waiting for the payment")

	w.happens(w.stripe.Decline(t.Context(), ids[0]))
	_, text, _ = w.browse("GET", page)
	require.Contains(t, text, "did not go through")
	require.Equal(t, ids[0], w.checkout(page), "the same checkout is tried again")
	w.happens(w.stripe.Pay(t.Context(), ids[0]))
	w.happens(w.stripe.Pay(t.Context(), ids[0]))
	w.happens(w.stripe.Decline(t.Context(), ids[0]))
	w.happens(w.stripe.Expire(t.Context(), ids[0]))
	_, text, _ = w.browse("GET", page)
	require.Contains(t, text, "Paid: 120.00 USD.")
	status, _, _ := w.browse("POST", page)
	require.Equal(t, http.StatusSeeOther, status, "back to the page that says so")
	require.Len(t, w.stripe.Checkouts(), 1)

	w.happens(w.stripe.Refund(t.Context(), ids[0], 2000))
	w.happens(w.stripe.Refund(t.Context(), ids[0], 12000))
	w.happens(w.stripe.Refund(t.Context(), ids[0], 2000))
	_, text, _ = w.browse("GET", page)
	require.Contains(t, text, "Refunded: 120.00 USD.")
	require.Equal(t, []string{
		"asked payment", "seen payment", "payment_failed 120.00 USD", "paid 120.00 USD", "refunded 20.00 USD", "refunded 120.00 USD",
	}, w.told())

	w.happens(w.stripe.FailRefund(t.Context(), ids[0], 10000))
	_, text, _ = w.browse("GET", page)
	require.Contains(t, text, "Paid: 120.00 USD.", "the money is here again")
	w.happens(w.stripe.Refund(t.Context(), ids[0], 12000)) // a late repeat of what was told before
	require.Equal(t, []string{"refunded 120.00 USD", "refund_failed 100.00 USD"}, w.told()[5:])
}

func TestPaymentEventsInTheWrongOrder(t *testing.T) {
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "JPY"}`)
	id := w.checkout(page)
	w.happens(w.stripe.Refund(t.Context(), id, 500))
	w.happens(w.stripe.Pay(t.Context(), id))
	require.Equal(t, []string{"asked payment", "paid 500 JPY", "refunded 500 JPY"}, w.told())

	page = w.bill(`{"kind": "payment", "amount": 700, "currency": "JPY"}`)
	first := w.checkout(page)
	w.happens(w.stripe.Expire(t.Context(), first))
	second := w.checkout(page)
	require.NotEqual(t, first, second, "one that expired is begun anew")
	w.Clock.Stop(w.Clock.Now().Add(8 * 24 * time.Hour))
	w.Gateway.Wake()
	w.settle()
	w.happens(w.stripe.Pay(t.Context(), second))
	_, text, _ := w.browse("GET", page)
	require.Contains(t, text, "Paid: 700 JPY.", "money that has come is never lost, though the link has expired")
	require.Equal(t, []string{
		"asked payment", "paid 500 JPY", "refunded 500 JPY", "asked payment", "payment_expired 700 JPY", "expired payment", "paid 700 JPY",
	}, w.told())
}

// A bank debit takes days: until it has come or failed, nothing is asked for or
// paid a second time, and nothing is over or taken back.
func TestADebitIsOnItsWay(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	const same = `{"kind": "payment", "amount": 500, "currency": "USD", "description": "Pump"}`
	page := w.bill(same)
	id := w.checkout(page)
	w.happens(w.stripe.Debit(t.Context(), id))
	onItsWay := func() {
		t.Helper()
		status, text, _ := w.browse("GET", page)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, text, "Your bank is sending the money")
		require.NotContains(t, text, "<form")
		status, _, header := w.browse("POST", page)
		require.Equal(t, http.StatusSeeOther, status)
		require.Equal(t, page[strings.Index(page, "/r/"):], header.Get("Location"))
		require.Len(t, w.stripe.Checkouts(), 1)
		status, answer := w.api("POST", w.ticketOf("+13125550142")+"/requests", json.RawMessage(same))
		require.Equal(t, http.StatusConflict, status)
		require.Equal(t, "payment_processing", answer["type"])
		status, answer = w.api("POST", "/teams/"+w.team.ID+"/requests/"+w.newestRequest()+"/cancel", nil)
		require.Equal(t, http.StatusConflict, status)
		require.Equal(t, "payment_processing", answer["type"])
	}
	onItsWay()
	w.Clock.Stop(w.Clock.Now().Add(8 * 24 * time.Hour)) // past the life of the checkout and of the link
	w.Gateway.Wake()
	w.settle()
	onItsWay()
	_, ticket := w.api("GET", w.ticketOf("+13125550142"), nil)
	require.Equal(t, "processing", ticket["requests"].([]any)[0].(map[string]any)["state"])
	w.happens(w.stripe.Bounce(t.Context(), id))
	require.Equal(t, []string{"asked payment", "payment_processing 5.00 USD", "expired payment", "payment_failed 5.00 USD"}, w.told())

	page = w.bill(same)
	id = w.checkout(page)
	w.happens(w.stripe.Debit(t.Context(), id))
	w.happens(w.stripe.Clear(t.Context(), id))
	w.happens(w.stripe.Dispute(t.Context(), id, "needs_response"))
	w.happens(w.stripe.Dispute(t.Context(), id, "lost"))
	_, text, _ := w.browse("GET", page)
	require.Contains(t, text, "Paid: 5.00 USD.")
	require.Equal(t, []string{"asked payment", "payment_processing 5.00 USD", "paid 5.00 USD", "payment_disputed 5.00 USD", "dispute_lost 5.00 USD"}, w.told()[4:])
}

// A checkout near its end that is begun anew is closed, and so is any other
// once one is paid: nobody pays twice in two tabs.
func TestAnOlderTabPaysNothingTwice(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
	first := w.checkout(page)
	w.Clock.Stop(w.Clock.Now().Add(22*time.Hour + 55*time.Minute))
	require.NotEqual(t, first, w.checkout(page))
	w.closes()
	all := w.stripe.Checkouts()
	require.Equal(t, []string{"expired", "open"}, []string{all[0].Status, all[1].Status})
}

// takeBack cancels the newest request, twice.
func (w *till) takeBack() {
	w.t.Helper()
	id := w.newestRequest()
	for range 2 {
		status, answer := w.api("POST", "/teams/"+w.team.ID+"/requests/"+id+"/cancel", nil)
		require.Equal(w.t, http.StatusOK, status, answer)
	}
}

func (w *till) newestRequest() (id string) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Get(&id, `select id from requests order by asked_at desc, id desc limit 1`))
	return id
}

// closes waits until no checkout is left to close at the time.
func (w *till) closes() {
	w.t.Helper()
	for due := 1; due > 0; {
		require.NoError(w.t, w.Closing.Work(w.t.Context()))
		require.NoError(w.t, w.DB.Get(&due, `select count(*) from payments where close_at <= $1 or close_at = $1 + interval '1 minute' and closes = 1`, w.Clock.Now()))
	}
}

// What is taken back cannot be paid any more, also at the provider's page that
// is open already, and also when the provider was away at first.
func TestAPaymentTakenBackCannotBeMade(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
	id := w.checkout(page)
	w.stripe.Break(1)
	w.takeBack()
	w.closes()
	require.Equal(t, "open", w.stripe.Checkouts()[0].Status, "Stripe is down")
	w.Clock.Stop(w.Clock.Now().Add(3 * time.Minute))
	w.closes()
	require.Equal(t, "expired", w.stripe.Checkouts()[0].Status)
	status, _, _ := w.browse("POST", w.config.StripeBaseURL+"/pay/"+id+"?do=pay")
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "expired", w.stripe.Checkouts()[0].Status, "nobody pays there")
	status, text, _ := w.browse("POST", page)
	require.Equal(t, http.StatusGone, status)
	require.Contains(t, text, "no longer needed")
	require.Len(t, w.stripe.Checkouts(), 1)
	require.Equal(t, []string{"asked payment", "cancelled payment"}, w.told())
}

// Nor can what has expired: the same may be asked for anew by then, and a checkout that
// was opened shortly before would be a second way to pay.
func TestAPaymentThatExpiredCannotBeMade(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	const same = `{"kind": "payment", "amount": 500, "currency": "USD"}`
	page := w.bill(same)
	w.Clock.Stop(w.Clock.Now().Add(7*24*time.Hour - time.Hour))
	id := w.checkout(page)
	w.Clock.Stop(w.Clock.Now().Add(2 * time.Hour))
	w.Gateway.Wake()
	w.settle()
	w.closes()
	w.browse("POST", w.config.StripeBaseURL+"/pay/"+id+"?do=pay")
	require.Equal(t, "expired", w.stripe.Checkouts()[0].Status, "nobody pays there")
	require.Equal(t, []string{"asked payment", "expired payment"}, w.told())
	w.bill(same)
}

// Who pays in the moment in which it is taken back has paid, and it is seen.
func TestAPaymentMadeWhileItIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
	id := w.checkout(page)
	w.stripe.Break(1)
	w.takeBack()
	w.closes()
	w.happens(w.stripe.Pay(t.Context(), id))
	w.Clock.Stop(w.Clock.Now().Add(3 * time.Minute))
	w.closes()
	require.Equal(t, []string{"asked payment", "cancelled payment", "paid 5.00 USD"}, w.told())
	_, text, _ := w.browse("GET", page)
	require.Contains(t, text, "Paid: 5.00 USD.")
	var left int
	require.NoError(t, w.DB.Get(&left, `select count(*) from payments where close_at is not null or state <> 'paid'`))
	require.Zero(t, left)
}

// A checkout whose answer came after it was taken back is closed as well.
func TestACheckoutOpenedWhileItIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
	id := w.checkout(page)
	_, err := w.DB.Exec(`update payments set checkout = '', url = ''`)
	require.NoError(t, err)
	w.takeBack()
	w.closes()
	require.Equal(t, "open", w.stripe.Checkouts()[0].Status)
	var attempt payments.Payment
	require.NoError(t, w.DB.Get(&attempt, `select company_id, id from payments`))
	require.NoError(t, attempt.Opened(t.Context(), w.DB, stripe.Checkout{ID: id, URL: page}, w.Clock.Queue()))
	w.closes()
	require.Equal(t, "expired", w.stripe.Checkouts()[0].Status)
}

func TestForgedPaymentsChangeNothing(t *testing.T) {
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
	w.checkout(page)
	order := w.stripe.Checkouts()[0].Order
	event := func(kind string, object map[string]any) []byte {
		raw, err := json.Marshal(map[string]any{"id": "evt_1", "object": "event", "type": kind, "created": 1, "data": map[string]any{"object": object}})
		require.NoError(t, err)
		return raw
	}
	paid := func(changes ...any) []byte {
		object := map[string]any{"id": "cs_1", "object": "checkout.session", "client_reference_id": order, "amount_total": 500, "currency": "usd", "payment_status": "paid"}
		for n := 0; n < len(changes); n += 2 {
			object[changes[n].(string)] = changes[n+1]
		}
		return event("checkout.session.completed", object)
	}
	another := stripesim.New(stripesim.Config{Secret: "whsec_of_somebody_else", Hook: w.URL})
	now := time.Now()
	for name, c := range map[string]struct {
		payload   []byte
		signature string
		status    int
	}{
		"unsigned":               {paid(), "", http.StatusForbidden},
		"signed by another":      {paid(), another.Sign(paid(), now), http.StatusForbidden},
		"an old one, replayed":   {paid(), w.stripe.Sign(paid(), now.Add(-time.Hour)), http.StatusForbidden},
		"another body":           {paid("amount_total", 1), w.stripe.Sign(paid(), now), http.StatusForbidden},
		"rubbish in the header":  {paid(), "t=x,v1=y", http.StatusForbidden},
		"no event":               {[]byte(`[]`), w.stripe.Sign([]byte(`[]`), now), http.StatusBadRequest},
		"no data":                {[]byte(`{"id":"evt","object":"event","type":"charge.refunded"}`), "", http.StatusForbidden},
		"too large":              {make([]byte, 2<<20), "t=1", http.StatusRequestEntityTooLarge},
		"another amount":         {paid("amount_total", 1), w.stripe.Sign(paid("amount_total", 1), now), http.StatusOK},
		"another currency":       {paid("currency", "pln"), w.stripe.Sign(paid("currency", "pln"), now), http.StatusOK},
		"nobody's order":         {paid("client_reference_id", "x"), w.stripe.Sign(paid("client_reference_id", "x"), now), http.StatusOK},
		"nothing to pay":         {paid("payment_status", "no_payment_required"), w.stripe.Sign(paid("payment_status", "no_payment_required"), now), http.StatusOK},
		"somebody's dispute":     {event("charge.dispute.created", map[string]any{"amount": 500, "currency": "usd", "status": "lost"}), "", http.StatusForbidden},
		"what we do not know of": {event("customer.created", nil), w.stripe.Sign(event("customer.created", nil), now), http.StatusOK},
	} {
		status, err := w.stripe.Bring(t.Context(), c.payload, c.signature)
		require.NoError(t, err, name)
		require.Equal(t, c.status, status, name)
	}
	require.ElementsMatch(t, []string{"asked payment", "payment_other 0.01 USD", "payment_other 5.00 PLN"}, w.told(), "what Stripe signed of other money is shown, and moves nothing")
	var open int
	require.NoError(t, w.DB.Get(&open, `select count(*) from payments where state = 'open'`))
	require.Equal(t, 1, open)
}

// While the provider cannot be reached, the page says so and nothing is lost.
func TestPaymentWhileTheProviderIsAway(t *testing.T) {
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
	w.stripe.Close()
	status, text, _ := w.browse("POST", page)
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, text, "Nothing was charged")
}

// asks has the provider asked about all of which nothing was heard until now.
func (w *till) asks() {
	w.t.Helper()
	require.NoError(w.t, w.Asking.Work(w.t.Context()))
}

// A payment of which no event ever came is not lost, and is not made twice: who comes
// back from paying has the provider asked, and so has the end of a checkout that nobody
// heard of again.
func TestAPaymentWhoseEventIsLost(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
	id := w.checkout(page)
	w.stripe.Lose(1)
	_, err := w.stripe.Pay(t.Context(), id)
	require.NoError(t, err)
	_, text, _ := w.browse("GET", page+"?paid=1")
	require.Contains(t, text, "waiting for the payment")
	w.asks()
	require.Equal(t, []string{"asked payment", "seen payment"}, w.told(), "the event may still be on its way")
	w.Clock.Stop(w.Clock.Now().Add(time.Minute))
	w.asks()
	_, text, _ = w.browse("GET", page)
	require.Contains(t, text, "Paid: 5.00 USD.")
	w.happens(w.stripe.Pay(t.Context(), id)) // and then it comes after all
	require.Equal(t, []string{"asked payment", "seen payment", "paid 5.00 USD"}, w.told())

	page = w.bill(`{"kind": "payment", "amount": 700, "currency": "USD"}`)
	id = w.checkout(page)
	w.stripe.Lose(1)
	_, err = w.stripe.Pay(t.Context(), id) // and the tab is closed
	require.NoError(t, err)
	w.Clock.Stop(w.Clock.Now().Add(24 * time.Hour))
	w.stripe.Break(1)
	w.asks()
	require.Equal(t, "asked payment", w.told()[3])
	require.Len(t, w.told(), 4, "Stripe is down")
	w.Clock.Stop(w.Clock.Now().Add(time.Hour))
	w.asks()
	require.Equal(t, "paid 7.00 USD", w.told()[4])
	status, _, _ := w.browse("POST", page)
	require.Equal(t, http.StatusSeeOther, status)
	require.Len(t, w.stripe.Checkouts(), 2, "nothing is paid a second time")
	var left int
	require.NoError(t, w.DB.Get(&left, `select count(*) from payments where ask_at is not null`))
	require.Zero(t, left)
}

// A bank whose last word got lost is asked for it, day by day.
func TestADebitWhoseEndIsLost(t *testing.T) {
	t.Parallel()
	for end, told := range map[string]string{"comes": "paid 5.00 USD", "bounces": "payment_failed 5.00 USD"} {
		w := newTill(t)
		page := w.bill(`{"kind": "payment", "amount": 500, "currency": "USD"}`)
		id := w.checkout(page)
		w.happens(w.stripe.Debit(t.Context(), id))
		for range 3 {
			w.Clock.Stop(w.Clock.Now().Add(25 * time.Hour))
			w.asks()
		}
		require.Equal(t, []string{"asked payment", "payment_processing 5.00 USD"}, w.told(), end)
		w.stripe.Lose(1)
		happens := map[string]func(context.Context, string) (int, error){"comes": w.stripe.Clear, "bounces": w.stripe.Bounce}[end]
		_, err := happens(t.Context(), id)
		require.NoError(t, err)
		w.Clock.Stop(w.Clock.Now().Add(25 * time.Hour))
		w.asks()
		require.Equal(t, []string{"asked payment", "payment_processing 5.00 USD", told}, w.told(), end)
	}
}
