package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
)

const unfinished = `
select (select count(*) from events where handled_at is null) + (select count(*) from deliveries where due_at is not null)`

// finish waits until nothing is left to do, on whatever replica, now or later.
func finish(t *testing.T, db *sqlx.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for ticker := time.NewTicker(20 * time.Millisecond); ; {
		var left int
		require.NoError(t, db.GetContext(ctx, &left, unfinished))
		if left == 0 {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			require.FailNow(t, "work is left", "%d events and deliveries", left)
		}
	}
}

// TestReplicas: twenty customers write ten texts each, and the provider brings
// each text to both replicas. Each is one event and one decision, in order of
// arrival; each customer has one ticket and one greeting.
func TestReplicas(t *testing.T) {
	t.Parallel()
	shared := clocktest.RunningFrom(monday)
	w := newWorld(t, func(c *app.Config) { c.Clock = shared })
	replicas := []*app.App{w.App, w.replica()}
	const customers, texts = 20, 10
	var writing sync.WaitGroup
	for customer := range customers {
		writing.Go(func() {
			for n := range texts {
				body := sms("From", fmt.Sprintf("+1312557%04d", customer), "Body", fmt.Sprintf("text %d", n), "MessageSid", fmt.Sprintf("SM%d-%d", customer, n))
				var both sync.WaitGroup
				for _, i := range rand.Perm(len(replicas)) {
					both.Go(func() {
						to := webhook{server: replicas[i].URL(), signed: replicas[i].PublicURL() + messagesPath, body: body}
						if status, words := w.post(to); status != http.StatusOK {
							t.Errorf("%d %s", status, words)
						}
					})
				}
				both.Wait()
			}
		})
	}
	writing.Wait()
	finish(t, w.DB.DB)
	_, err := w.sim.Deliver(t.Context())
	require.NoError(t, err)
	finish(t, w.DB.DB)

	w.nothingFailed()
	events, strays := w.kept()
	require.Equal(t, []int{customers * texts, 0}, []int{events, strays})
	for customer := range customers {
		from := fmt.Sprintf("+1312557%04d", customer)
		w.count(decisionsOf, from, texts)
		w.count(ticketsOf, from, 1)
		w.state(from, "delivered", "")
		require.Len(t, w.sim.Inbox(from), 1, "one greeting")
		var heard []string
		require.NoError(t, w.DB.Select(&heard, `select text from messages join addresses a using (contact_id)
			where a.address = $1 and author = 'customer' order by seq`, from))
		var written []string
		for n := range texts {
			written = append(written, fmt.Sprintf("text %d", n))
		}
		require.Equal(t, written, heard)
	}
}
