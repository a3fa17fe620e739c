package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/events"
)

// TestRowsAreCountedEarly: Postgres knows of a new company's tables after its first texts,
// not when autovacuum comes by.
func TestRowsAreCountedEarly(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		out := w.team(channels.SMS)
		known := func() (rows int) {
			require.NoError(t, w.db.Get(&rows, `select reltuples::int from pg_class where oid = 'messages'::regclass`))
			return rows
		}
		for n, told := range []int{20, 40} {
			var all []channels.Event
			for m := range told {
				from := fmt.Sprintf("+1312555%d%03d", n, m)
				all = append(all, channels.Event{
					Kind: channels.MessageReceived, ProviderID: "SM" + from, Sender: channels.SMS, SenderAddress: out.From, CustomerAddress: from,
					At: w.clock.Now(), Message: &channels.Message{Text: "Hello"},
				})
			}
			_, err := events.Record(t.Context(), w.db, all, "", w.clock.Queue())
			require.NoError(t, err)
			require.LessOrEqual(t, known(), 0, "nobody has counted yet")
			w.replicas[0].Wake()
			w.pass(time.Second)
		}
		require.GreaterOrEqual(t, known(), 50)
	})
}
