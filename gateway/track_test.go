package gateway_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestCallbacksThatNeverCome: after a quarter of an hour the provider is asked
// once what became of a message, and once more while it is away.
func TestCallbacksThatNeverCome(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.provider.find = func(context.Context, channels.Outgoing) bool { return false }
		w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error { return nil }
		quarter := func() { // the time until then goes by
			var waits float64
			require.NoError(t, w.db.Get(&waits, `select extract(epoch from ask_at - $1) from deliveries`, w.clock.Now()))
			require.InDelta(t, (15 * time.Minute).Seconds(), waits, 10)
			_, err := w.db.Exec(`update deliveries set ask_at = $1`, w.clock.Now())
			require.NoError(t, err)
			w.replicas[0].Wake()
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		w.queue(w.team(channels.SMS))
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"sms sending "}, w.states())
		quarter()
		require.Equal(t, 1, w.provider.asked, "it is away")
		w.provider.fate = channels.Delivered
		quarter()
		require.Equal(t, []string{"sms delivered "}, w.states())
		var ask *time.Time
		require.NoError(t, w.db.Get(&ask, `select ask_at from deliveries`))
		require.Nil(t, ask)
		require.Equal(t, 2, w.provider.asked)
	})
}
