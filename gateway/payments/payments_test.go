package payments_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/channels/stripe"
	"ringback/gateway/payments"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const price = 14990

// life is how long a checkout can be used.
const life = 23 * time.Hour

type tester interface {
	require.TestingT
	Helper()
}

// world is a customer who was asked for 149.90 USD.
type world struct {
	db      *sqlx.DB
	ticket  tickets.NewTicket
	request requests.Request
}

func newWorld(t *testing.T) world {
	t.Helper()
	return newRequest(t, testdb.New(t))
}

func newRequest(t tester, db *sqlx.DB) world {
	t.Helper()
	w := world{db: db}
	company, team := uuid.NewString(), uuid.NewString()
	_, err := db.Exec(`insert into companies (id, name) values ($1, 'GVE')`, company)
	require.NoError(t, err)
	w.ticket = tickets.NewTicket{CompanyID: company, TeamID: team, ContactID: uuid.NewString(), Kind: "message", OpenedAt: noon}
	amount := int64(price)
	_, hash := requests.NewToken()
	w.inTx(t, func(tx *sqlx.Tx) error {
		require.NoError(t, w.ticket.Open(context.Background(), tx))
		w.request = requests.Request{
			CompanyID: company, ID: uuid.NewString(), TeamID: team, ContactID: w.ticket.ContactID, TicketID: w.ticket.ID, Kind: rules.AskPayment,
			Amount: &amount, Currency: "USD", Description: "Repair", TokenHash: hash, Who: "Ann", AskedAt: noon, ExpiresAt: noon.Add(requests.Life),
		}
		return w.request.Insert(context.Background(), tx)
	})
	return w
}

func (w world) inTx(t tester, do func(*sqlx.Tx) error) {
	t.Helper()
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	require.NoError(t, do(tx))
	require.NoError(t, tx.Commit())
}

// begin is the customer pressing "pay".
func (w world) begin(t tester, at time.Time) (p payments.Payment) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error {
		_, err := requests.Lock(context.Background(), tx, w.request.CompanyID, w.request.ID)
		require.NoError(t, err)
		p, err = payments.Begin(context.Background(), tx, w.request, at, clock.At(at))
		return err
	})
	return p
}

func (w world) opened(t tester, p payments.Payment) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error {
		return p.Opened(context.Background(), tx, stripe.Checkout{ID: "cs_" + p.ID, URL: "https://checkout.stripe.com/" + p.ID}, clock.At(noon))
	})
}

func (w world) newest(t tester) payments.Payment {
	t.Helper()
	p, err := payments.Newest(context.Background(), w.db, w.request.CompanyID, w.request.ID)
	require.NoError(t, err)
	return p
}

func (w world) strings(t tester, query string, args ...any) []string {
	t.Helper()
	found := []string{}
	require.NoError(t, w.db.Select(&found, query, args...))
	return found
}

func (w world) timeline(t tester) []string {
	t.Helper()
	return w.strings(t, `select change || ' ' || detail from ticket_changes where ticket_id = $1 order by id`, w.ticket.ID)[2:]
}

func news(what string, amount int64) stripe.PaymentUpdate {
	return stripe.PaymentUpdate{What: what, Amount: amount, Currency: "USD", Whole: what == stripe.Refunded && amount == price}
}

// failed is that so much of a refund came back, and what is refunded all the same.
func failed(amount, left int64) stripe.PaymentUpdate {
	return stripe.PaymentUpdate{What: stripe.RefundFailed, Amount: amount, Left: left, Currency: "USD", At: noon}
}

func (w world) settle(t tester, p payments.Payment, u stripe.PaymentUpdate) bool {
	t.Helper()
	u.Order = p.ID
	_, moved, err := payments.Settle(context.Background(), w.db, u, noon.Add(time.Hour), clock.At(noon))
	require.NoError(t, err)
	return moved
}

// TestWhatBecomesOfAPayment: the provider's news, one after the other, and
// where the payment and the request stand then.
func TestWhatBecomesOfAPayment(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, c := range map[string]struct {
		news     []stripe.PaymentUpdate
		state    string
		refunded int64
		request  string
		timeline []string
	}{
		"nothing told":           {nil, "open", 0, "open", []string{}},
		"paid":                   {[]stripe.PaymentUpdate{news("paid", price)}, "paid", 0, "answered", []string{"paid 149.90 USD"}},
		"paid, told twice":       {[]stripe.PaymentUpdate{news("paid", price), news("paid", price)}, "paid", 0, "answered", []string{"paid 149.90 USD"}},
		"a card is refused":      {[]stripe.PaymentUpdate{news("failed", price)}, "failed", 0, "open", []string{"payment_failed 149.90 USD"}},
		"refused, then paid":     {[]stripe.PaymentUpdate{news("failed", price), news("paid", price)}, "paid", 0, "answered", []string{"payment_failed 149.90 USD", "paid 149.90 USD"}},
		"paid, and late news":    {[]stripe.PaymentUpdate{news("paid", price), news("failed", price), news("expired", price)}, "paid", 0, "answered", []string{"paid 149.90 USD"}},
		"a bank debit begins":    {[]stripe.PaymentUpdate{news("processing", price)}, "processing", 0, "open", []string{"payment_processing 149.90 USD"}},
		"the debit comes":        {[]stripe.PaymentUpdate{news("processing", price), news("paid", price)}, "paid", 0, "answered", []string{"payment_processing 149.90 USD", "paid 149.90 USD"}},
		"the debit bounces":      {[]stripe.PaymentUpdate{news("processing", price), news("bounced", price)}, "bounced", 0, "open", []string{"payment_processing 149.90 USD", "payment_failed 149.90 USD"}},
		"swapped":                {[]stripe.PaymentUpdate{news("bounced", price), news("processing", price)}, "bounced", 0, "open", []string{"payment_failed 149.90 USD"}},
		"a late refused card":    {[]stripe.PaymentUpdate{news("processing", price), news("failed", price)}, "processing", 0, "open", []string{"payment_processing 149.90 USD"}},
		"disputed and won":       {[]stripe.PaymentUpdate{news("paid", price), news("disputed", price), news("dispute_won", price), news("disputed", price)}, "paid", 0, "answered", []string{"paid 149.90 USD", "payment_disputed 149.90 USD", "dispute_won 149.90 USD"}},
		"disputed and lost":      {[]stripe.PaymentUpdate{news("paid", price), news("dispute_lost", price), news("disputed", price)}, "paid", 0, "answered", []string{"paid 149.90 USD", "dispute_lost 149.90 USD"}},
		"expired":                {[]stripe.PaymentUpdate{news("expired", price)}, "expired", 0, "open", []string{"payment_expired 149.90 USD"}},
		"a part is given back":   {[]stripe.PaymentUpdate{news("paid", price), news("refunded", 500)}, "paid", 500, "answered", []string{"paid 149.90 USD", "refunded 5.00 USD"}},
		"more, and then all":     {[]stripe.PaymentUpdate{news("paid", price), news("refunded", 500), news("refunded", price)}, "refunded", price, "answered", []string{"paid 149.90 USD", "refunded 5.00 USD", "refunded 149.90 USD"}},
		"a refund that is old":   {[]stripe.PaymentUpdate{news("paid", price), news("refunded", 700), news("refunded", 500)}, "paid", 700, "answered", []string{"paid 149.90 USD", "refunded 7.00 USD"}},
		"a refund comes back":    {[]stripe.PaymentUpdate{news("paid", price), news("refunded", price), failed(price, 0), failed(price, 0), news("refunded", price)}, "paid", 0, "answered", []string{"paid 149.90 USD", "refunded 149.90 USD", "refund_failed 149.90 USD"}},
		"a part comes back":      {[]stripe.PaymentUpdate{news("paid", price), news("refunded", price), failed(500, price-500)}, "paid", price - 500, "answered", []string{"paid 149.90 USD", "refunded 149.90 USD", "refund_failed 5.00 USD"}},
		"it came back before":    {[]stripe.PaymentUpdate{news("paid", price), failed(price, 0), news("refunded", price)}, "paid", 0, "answered", []string{"paid 149.90 USD", "refund_failed 149.90 USD"}},
		"the refund comes first": {[]stripe.PaymentUpdate{news("refunded", price), news("paid", price)}, "refunded", price, "answered", []string{"paid 149.90 USD", "refunded 149.90 USD"}},
	} {
		w := newRequest(t, db)
		p := w.begin(t, noon)
		for _, u := range c.news {
			w.settle(t, p, u)
		}
		kept := w.newest(t)
		require.Equal(t, c.state, kept.State, name)
		require.Equal(t, c.refunded, kept.Refunded, name)
		require.Equal(t, []string{c.request}, w.strings(t, `select state from requests where id = $1`, w.request.ID), name)
		require.Equal(t, c.timeline, w.timeline(t), name)
	}
}

// TestAPaymentOnlyRises: whatever the order in which news comes, and however
// often, it never falls back, it ends where all of it together leads, and the
// customer's money is told of once.
func TestAPaymentOnlyRises(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	rank := map[string]int{"open": 0, "failed": 1, "processing": 2, "expired": 3, "bounced": 4, "paid": 5, "refunded": 6}
	all := []stripe.PaymentUpdate{news("failed", price), news("processing", price), news("bounced", price), news("expired", price), news("paid", price), news("refunded", 500), news("refunded", 900), news("refunded", price)}
	rapid.Check(t, func(t *rapid.T) {
		w := newRequest(t, db)
		p := w.begin(t, noon)
		told := rapid.SliceOfN(rapid.SampledFrom(all), 1, 7).Draw(t, "news")
		want, refunded := "open", int64(0)
		before := w.newest(t)
		for _, u := range told {
			moved := w.settle(t, p, u)
			reached := u.What
			if u.What == stripe.Refunded {
				refunded = max(refunded, u.Amount)
				if !u.Whole {
					reached = stripe.Paid
				}
			}
			if rank[reached] > rank[want] {
				want = reached
			}
			now := w.newest(t)
			require.GreaterOrEqual(t, rank[now.State], rank[before.State])
			require.GreaterOrEqual(t, now.Refunded, before.Refunded)
			require.Equal(t, moved, now != before, "what moves nothing says so")
			before = now
		}
		require.Equal(t, want, before.State)
		require.Equal(t, refunded, before.Refunded)
		paid := 0
		for _, line := range w.timeline(t) {
			if line == "paid 149.90 USD" {
				paid++
			}
		}
		require.Equal(t, rank[want] >= rank["paid"], paid == 1)
		require.LessOrEqual(t, paid, 1)
	})
}

// TestWhoPaidTwiceIsToldOfTwice: two checkouts of a request that were both paid in the
// same moment are money to give back, and somebody has to hear of it.
func TestWhoPaidTwiceIsToldOfTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.begin(t, noon)
	w.opened(t, first)
	second := w.begin(t, noon.Add(life))
	w.settle(t, second, news("paid", price))
	w.settle(t, first, news("paid", price))
	w.settle(t, first, news("paid", price))
	require.Equal(t, []string{"paid 149.90 USD", "paid 149.90 USD"}, w.timeline(t))
	require.Len(t, w.strings(t, `select thing from notices where company_id = $1 and kind = 'payment'`, w.request.CompanyID), 2)
}

// TestNewsOfOtherMoneyMovesNothing: somebody has to look.
func TestNewsOfOtherMoneyMovesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	euros := news("paid", price)
	euros.Currency = "EUR"
	for name, u := range map[string]stripe.PaymentUpdate{
		"less was paid": news("paid", price-1), "more was paid": news("paid", price+1), "other money": euros, "more is given back": news("refunded", price+1),
	} {
		u.Order = p.ID
		_, moved, err := payments.Settle(t.Context(), w.db, u, noon, clock.At(noon))
		require.ErrorIs(t, err, payments.ErrOther, name)
		require.False(t, moved)
	}
	require.Equal(t, "open", w.newest(t).State)
	require.ElementsMatch(t, []string{"payment_other 149.89 USD", "payment_other 149.91 USD", "payment_other 149.90 EUR", "payment_other 149.91 USD"}, w.timeline(t))
}

// TestNewsOfNothingOfOurs: an account at Stripe may have other business.
func TestNewsOfNothingOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	for _, u := range []stripe.PaymentUpdate{
		{}, {What: "paid", Order: ""}, {What: "paid", Order: "order-77"}, {What: "paid", Order: uuid.NewString(), Amount: price, Currency: "USD"}, {What: "", Order: p.ID},
	} {
		_, moved, err := payments.Settle(t.Context(), w.db, u, noon, clock.At(noon))
		require.NoError(t, err)
		require.False(t, moved)
	}
	require.Equal(t, "open", w.newest(t).State)
}

// TestNewsAtOnce: the same event at several replicas is one payment.
func TestNewsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	u := news("paid", price)
	u.Order = p.ID
	var moved sync.Map
	var all sync.WaitGroup
	for n := range 6 {
		all.Go(func() {
			if _, ok, err := payments.Settle(t.Context(), w.db, u, noon, clock.At(noon)); err == nil && ok {
				moved.Store(n, true)
			}
		})
	}
	all.Wait()
	count := 0
	moved.Range(func(any, any) bool { count++; return true })
	require.Equal(t, 1, count)
	require.Equal(t, []string{"paid 149.90 USD"}, w.timeline(t))
}

// TestWhichAttemptGoesOn: two tabs have the same checkout as long as it can be
// used for a while; what is over, or paid for otherwise, is begun anew.
func TestWhichAttemptGoesOn(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, c := range map[string]struct {
		news  string
		after time.Duration
		same  bool
	}{
		"at once":                           {"", 0, true},
		"with more than ten minutes left":   {"", 23*time.Hour - 10*time.Minute - time.Second, true},
		"with ten minutes left":             {"", 23*time.Hour - 10*time.Minute, false},
		"after its life":                    {"", 24 * time.Hour, false},
		"a card that was refused may again": {"failed", time.Hour, true},
		"expired":                           {"expired", time.Hour, false},
		"a debit that bounced":              {"bounced", time.Hour, false},
	} {
		w := newRequest(t, db)
		first := w.begin(t, noon)
		if c.news != "" {
			w.settle(t, first, news(c.news, price))
		}
		second := w.begin(t, noon.Add(c.after))
		require.Equal(t, c.same, first.ID == second.ID, name)
		require.EqualValues(t, price, second.Amount)
		require.Equal(t, second.ID, w.newest(t).ID, name)
	}
}

func TestTabsThatBeginAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]string, 6)
	var all sync.WaitGroup
	for n := range ids {
		all.Go(func() {
			tx, err := w.db.Beginx()
			if err != nil {
				return
			}
			defer func() { _ = tx.Rollback() }()
			if _, err := requests.Lock(t.Context(), tx, w.request.CompanyID, w.request.ID); err != nil {
				return
			}
			if p, err := payments.Begin(t.Context(), tx, w.request, noon, clock.At(noon)); err == nil && tx.Commit() == nil {
				ids[n] = p.ID
			}
		})
	}
	all.Wait()
	require.NotEmpty(t, ids[0])
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
}

func TestNobodyHasTriedToPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := payments.Newest(t.Context(), w.db, w.request.CompanyID, w.request.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestTheFirstAddressStands: a second answer of the provider to the same
// attempt changes nothing.
func TestTheFirstAddressStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	w.opened(t, p)
	w.inTx(t, func(tx *sqlx.Tx) error {
		return p.Opened(context.Background(), tx, stripe.Checkout{ID: "cs_other", URL: "https://checkout.stripe.com/other"}, clock.At(noon))
	})
	require.Equal(t, "https://checkout.stripe.com/"+p.ID, w.newest(t).URL)
}

// closer is one at work against a provider that answers so, and how often that
// was asked to end which checkout.
func (w world) closer(t *testing.T, now time.Time, answers ...int) (*payments.Checkouts, func() []string) {
	t.Helper()
	var mu sync.Mutex
	asked := []string{}
	provider := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		status := answers[min(len(asked), len(answers)-1)]
		asked = append(asked, r.URL.Path)
		rw.Header().Set("Stripe-Should-Retry", "false")
		rw.WriteHeader(status)
		if status == http.StatusOK {
			_, _ = io.WriteString(rw, `{"id":"cs_1","object":"checkout.session"}`)
		} else {
			_, _ = io.WriteString(rw, `{"error":{"type":"invalid_request_error","message":"no"}}`)
		}
	}))
	t.Cleanup(provider.Close)
	c := clocktest.StoppedAt(now)
	closer := &payments.Checkouts{
		Errand: payments.Closing, DB: w.db, Clock: c, Log: slog.New(slog.DiscardHandler),
		Stripe: stripe.New(stripe.Config{Key: "sk_test", Webhook: "whsec_x", BaseURL: provider.URL}),
	}
	return closer, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return asked
	}
}
