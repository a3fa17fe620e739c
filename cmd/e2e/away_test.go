package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/cmd/app"
	"ringback/gateway"
)

// TestDatabaseStuck: while Postgres does not answer, nobody waits longer than
// they want to, and no more wait than there is room for.
func TestDatabaseStuck(t *testing.T) {
	t.Parallel()
	w := opened(t)
	event := channels.Event{
		Kind: channels.MessageReceived, ProviderID: "SMstuck", Account: accountSID, Sender: channels.SMS,
		SenderAddress: ours, CustomerAddress: "+13125550142", Message: &channels.Message{Text: "hello"},
	}
	stuck, err := w.DB.Beginx()
	require.NoError(t, err)
	defer func() { _ = stuck.Rollback() }()
	_, err = stuck.Exec(`lock table events in access exclusive mode`)
	require.NoError(t, err)
	impatient, leave := context.WithCancel(t.Context())
	leave()
	require.ErrorIs(t, w.Gateway.Receive(impatient, []channels.Event{event}), context.Canceled)
	for waiting := 1; !errors.Is(err, gateway.ErrBusy); waiting++ {
		require.Less(t, waiting, 10_000, "the queue has no end")
		err = w.Gateway.Receive(impatient, []channels.Event{event})
	}
	status, words := w.post(webhook{body: sms("MessageSid", "SMstuck")})
	require.Equal(t, http.StatusServiceUnavailable, status, words)
	require.NoError(t, stuck.Rollback())

	for status = 0; status != http.StatusOK; { // until there is room again
		status, _ = w.post(webhook{body: sms("MessageSid", "SMstuck")})
	}
	w.settle()
	w.count(decisionsOf, "+13125550142", 1)
	require.Len(t, w.sim.Inbox("+13125550142"), 1)
}

// TestDatabaseAway: while Postgres cannot be reached a door says "later", and
// nothing is half written. When it is back all goes on by itself, and what the
// provider repeats is answered once.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	var cable *wire
	var direct *sqlx.DB
	w := opened(t, func(c *app.Config) {
		var err error
		direct, err = sqlx.Open("postgres", c.DatabaseURL)
		require.NoError(t, err)
		t.Cleanup(func() { _ = direct.Close() })
		cable, c.DatabaseURL = newWire(t, c.DatabaseURL)
	})
	w.answered("+13125550142")

	cable.set(true)
	var events int
	for range 3 {
		status, words := w.post(webhook{body: sms("From", "+13125550143")})
		require.Equal(t, http.StatusServiceUnavailable, status, words)
	}
	require.NoError(t, direct.Get(&events, `select count(*) from events where payload->>'Theirs' = '+13125550143'`))
	require.Zero(t, events)
	cable.set(false)

	// Now it is cut while texts come in, are thought about and answered.
	const customers, workers = 60, 8
	var acknowledged atomic.Int64
	enough, refused, mended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var once sync.Once
	queue := make(chan int, customers)
	for i := range customers {
		queue <- i
	}
	close(queue)
	var posting sync.WaitGroup
	for range workers {
		posting.Go(func() {
			for i := range queue {
				body := sms("From", fmt.Sprintf("+1312556%04d", i), "MessageSid", fmt.Sprintf("SMaway%d", i))
				for {
					status, words := w.post(webhook{body: body})
					if status == http.StatusOK {
						break
					}
					if status != http.StatusServiceUnavailable {
						t.Errorf("%d %s", status, words)
						break
					}
					once.Do(func() { close(refused) })
					<-mended
				}
				if acknowledged.Add(1) == customers/3 {
					close(enough)
				}
			}
		})
	}
	<-enough
	cable.set(true)
	<-refused
	cable.set(false)
	close(mended)
	posting.Wait()

	// What was on its way to the provider is looked for when its lease is over.
	for at := monday; at.Before(monday.Add(3 * time.Minute)); at = at.Add(20 * time.Second) {
		w.Clock.Stop(at)
		w.Gateway.Wake()
		w.settle()
	}
	for i := range customers {
		from := fmt.Sprintf("+1312556%04d", i)
		w.count(decisionsOf, from, 1)
		require.Len(t, w.sim.Inbox(from), 1, from)
		w.state(from, "delivered", "")
	}
}
