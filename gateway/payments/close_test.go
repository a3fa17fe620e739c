package payments_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/payments"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
)

// takeBack is an advisor withdrawing the request.
func (w world) takeBack(t tester) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error {
		require.NoError(t, w.request.End(context.Background(), tx, requests.Cancelled, tickets.By{Who: "Ann"}, noon))
		return payments.Close(context.Background(), tx, w.request.CompanyID, w.request.ID, clock.At(noon))
	})
}

func (w world) toClose(t tester) []string {
	t.Helper()
	return w.strings(t, `select 'in ' || extract(epoch from close_at - $2::timestamptz)::int from payments where company_id = $1 and close_at is not null`, w.request.CompanyID, noon)
}

// TestNobodyPaysWhatWasTakenBack: the checkouts that can still be paid are
// ended; what has no checkout, or has been paid, needs no end.
func TestNobodyPaysWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, c := range map[string]struct {
		opened bool
		news   string
		want   []string
	}{
		"an open checkout":   {true, "", []string{"in 0"}},
		"a card was refused": {true, "failed", []string{"in 0"}},
		"no checkout yet":    {false, "", []string{}},
		"paid already":       {true, "paid", []string{}},
		"expired by itself":  {true, "expired", []string{}},
	} {
		w := newRequest(t, db)
		p := w.begin(t, noon)
		if c.opened {
			w.opened(t, p)
		}
		if c.news != "" {
			w.settle(t, p, news(c.news, price))
		}
		w.takeBack(t)
		require.Equal(t, c.want, w.toClose(t), name)
	}
}

// TestACheckoutThatOpensWhileItIsTakenBack is ended as well.
func TestACheckoutThatOpensWhileItIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	w.takeBack(t)
	require.Empty(t, w.toClose(t))
	w.opened(t, p)
	require.Equal(t, []string{"in 0"}, w.toClose(t))
}

// TestACheckoutIsEnded at the provider: what it answers, and what becomes of
// the payment.
func TestACheckoutIsEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer int
		after  time.Duration
		state  string
		again  []string
	}{
		"ended":                            {http.StatusOK, 0, "expired", []string{}},
		"paid or over: the provider tells": {http.StatusBadRequest, 0, "open", []string{}},
		"not known there":                  {http.StatusNotFound, 0, "open", []string{}},
		"out of order: later":              {http.StatusServiceUnavailable, 0, "open", []string{"in 120"}},
		"out of order, and it has expired": {http.StatusServiceUnavailable, 24 * time.Hour, "open", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.begin(t, noon)
			w.opened(t, p)
			w.takeBack(t)
			closer, asked := w.closer(t, noon.Add(c.after), c.answer)
			require.NoError(t, closer.Work(t.Context()))
			require.Equal(t, []string{"/v1/checkout/sessions/cs_" + p.ID + "/expire"}, asked())
			require.Equal(t, c.state, w.newest(t).State)
			require.Len(t, w.toClose(t), len(c.again), "when is spread, so that not all come at once")
			require.NoError(t, closer.Work(t.Context()), "nothing is due any more")
			require.Len(t, asked(), 1)
		})
	}
}

// TestTheWaitsGrow, up to twenty minutes.
func TestTheWaitsGrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opened(t, w.begin(t, noon))
	w.takeBack(t)
	at := noon
	for _, minutes := range []int{2, 4, 8, 16, 20, 20} {
		closer, _ := w.closer(t, at, http.StatusServiceUnavailable)
		require.NoError(t, closer.Work(t.Context()))
		var due time.Time
		require.NoError(t, w.db.Get(&due, `select close_at from payments where company_id = $1`, w.request.CompanyID))
		require.InEpsilon(t, float64(minutes), due.Sub(at).Minutes(), 0.25, "spread, so that not all come at once")
		at = due
	}
}

// TestWhoPaysInTheSameMomentHasPaid: the provider's word goes before ours.
func TestWhoPaysInTheSameMomentHasPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	w.opened(t, p)
	w.takeBack(t)
	w.settle(t, p, news("paid", price))
	closer, _ := w.closer(t, noon, http.StatusOK)
	require.NoError(t, closer.Work(t.Context()))
	require.Equal(t, "paid", w.newest(t).State)
	require.Empty(t, w.toClose(t))
}

// TestNothingIsSaidOfTheEndThatWeMade: the timeline says already that the
// request was taken back.
func TestNothingIsSaidOfTheEndThatWeMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	w.opened(t, p)
	w.takeBack(t)
	w.settle(t, p, news("expired", price))
	require.Equal(t, []string{"cancelled payment"}, w.timeline(t))
}
