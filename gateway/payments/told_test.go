package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/payments"
)

// notices is what the staff are told, in the order in which it happened.
func (w world) notices(t tester) []string {
	t.Helper()
	return w.strings(t, `select (about->>'word') || ' ' || (about->>'amount') from notices where company_id = $1 and kind = 'payment' order by id`, w.request.CompanyID)
}

// event is an update as the event of that name tells it.
func event(id string, u stripe.PaymentUpdate) stripe.PaymentUpdate {
	u.ID = id
	return u
}

// TestOtherMoneyIsToldOf: it moves nothing, but the ticket shows it and the staff hear
// of it, once however often it is told.
func TestOtherMoneyIsToldOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	tell := func(u stripe.PaymentUpdate) {
		t.Helper()
		u.Order = p.ID
		m, moved, err := payments.Settle(t.Context(), w.db, u, noon, clock.At(noon))
		require.ErrorIs(t, err, payments.ErrOther)
		require.False(t, moved)
		require.Equal(t, w.request.ID, m.RequestID, "whose ticket shows it now")
	}
	euros := event("evt_2", news("paid", price))
	euros.Currency = "EUR"
	for _, u := range []stripe.PaymentUpdate{event("evt_1", news("paid", price-1)), euros, event("evt_3", news("refunded", price+1))} {
		tell(u)
		tell(u)
		tell(event("cs_1", u)) // as it is heard by asking
	}
	require.Equal(t, []string{"payment_other 149.89 USD", "payment_other 149.90 EUR", "payment_other 149.91 USD"}, w.timeline(t))
	require.Equal(t, []string{"other 149.89 USD", "other 149.90 EUR", "other 149.91 USD"}, w.notices(t))
	require.Equal(t, "open", w.newest(t).State)
	w.settle(t, p, news("paid", price))
	require.Equal(t, "paid", w.newest(t).State, "what is right is taken all the same")
}

// TestEachRefundIsToldOf, also one of the same amount as one before that came back, and
// each that comes back.
func TestEachRefundIsToldOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.begin(t, noon)
	later := func(minutes int, u stripe.PaymentUpdate) stripe.PaymentUpdate {
		u.At = noon.Add(time.Duration(minutes) * time.Minute)
		return u
	}
	for _, u := range []stripe.PaymentUpdate{
		event("evt_1", news("paid", price)),
		event("evt_2", later(1, news("refunded", 500))),
		event("evt_3", later(2, failed(500, 0))),
		event("evt_4", later(3, news("refunded", 500))),
		event("evt_5", later(4, failed(500, 0))),
		event("evt_6", later(4, failed(500, 0))), // another one, in the same second
	} {
		require.True(t, w.settle(t, p, u), u.ID)
		require.False(t, w.settle(t, p, u), u.ID)
	}
	require.Equal(t, []string{"paid 149.90 USD", "refunded 5.00 USD", "refund_failed 5.00 USD", "refunded 5.00 USD", "refund_failed 5.00 USD", "refund_failed 5.00 USD"}, w.timeline(t))
	require.Equal(t, w.timeline(t), w.notices(t))
}
