package gateway_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestTheAdminsHearOfCallbacksThatNeverCome, once for a sender and a day, and not of a
// message that was sent just now.
func TestTheAdminsHearOfCallbacksThatNeverCome(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error { return nil }
		told := func() (n int) {
			require.NoError(t, w.replicas[0].TellUnheard(t.Context()))
			require.NoError(t, w.db.Get(&n, `select count(*) from notices where kind = 'sender_silent' and about ->> 'word' = 'callbacks'`))
			return n
		}
		team := w.team(channels.SMS)
		w.queue(team)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		_, err := w.db.Exec(`update deliveries set sent_at = now()`)
		require.NoError(t, err)
		require.Zero(t, told())
		_, err = w.db.Exec(`update deliveries set sent_at = now() - interval '21 minutes'`)
		require.NoError(t, err)
		require.Equal(t, 1, told())
		require.Equal(t, 1, told())
	})
}
