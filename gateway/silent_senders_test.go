package gateway_test

import (
	"context"
	"errors"
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

// unasked is a provider that cannot be asked about numbers that text.
type unasked struct{ channels.Channel }

func (unasked) CheckWiring(_ context.Context, _ channels.Account, _, _ string, texts, _ bool) ([]channels.WiringFinding, error) {
	if texts {
		return nil, errors.New("a line that is cut")
	}
	return []channels.WiringFinding{}, nil
}

// TestASenderThatCannotBeAskedAboutKeepsNobodyWaiting: its turn is over like everybody's,
// and the others have theirs.
func TestASenderThatCannotBeAskedAboutKeepsNobodyWaiting(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.team(channels.SMS, channels.Voice)
		_, err := w.db.Exec(`update senders set created_at = now() - interval '2 hours'`)
		require.NoError(t, err)
		w.replicas[0].Channels = []channels.Channel{unasked{w.provider}}
		require.Error(t, w.replicas[0].CheckSenders(t.Context()))
		var asked []string
		require.NoError(t, w.db.Select(&asked, `select s.kind from sender_checks c join senders s on s.id = c.sender_id order by 1`))
		require.Equal(t, []string{"sms", "voice"}, asked)
	})
}
