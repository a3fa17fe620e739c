package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/migrations/testdb"
)

// gate is open while the gateway lives. Who finds it dead waits there.
type gate struct {
	mu   sync.Mutex
	open chan struct{}
}

func newGate() *gate {
	g := &gate{open: make(chan struct{})}
	close(g.open)
	return g
}

func (g *gate) wait() {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	<-open
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = make(chan struct{})
}

// TestKilled: five hundred customers write at once, and the gateway is killed
// twice in the middle. The provider repeats what was not acknowledged. In the
// end each text has one decision, and each customer got one reply.
func TestKilled(t *testing.T) {
	t.Parallel()
	const customers, workers = 500, 24
	sim := twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, Numbers: []string{ours}, Auto: true, CallbackDelay: 10 * time.Millisecond})
	provider := plays(t, sim)
	dsn := testdb.DSN(t)
	db, err := sqlx.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	gateway := newChild(t, "DATABASE_URL="+dsn, "TWILIO_BASE_URL="+provider)
	gateway.start()
	gateway.team()

	moments := []int64{rand.Int64N(200) + 20, rand.Int64N(200) + 240}
	t.Logf("killed after %d texts", moments)
	reached := []chan struct{}{make(chan struct{}), make(chan struct{})}
	var acknowledged atomic.Int64
	alive := newGate()
	queue := make(chan int, customers)
	for i := range customers {
		queue <- i
	}
	close(queue)
	var posting sync.WaitGroup
	for range workers {
		posting.Go(func() {
			for i := range queue {
				form := url.Values{"AccountSid": {accountSID}, "MessageSid": {fmt.Sprintf("SMkill%d", i)}, "From": {customer(i)}, "To": {ours}, "Body": {"Is it ready?"}}
				for {
					answer, err := sim.Post(t.Context(), gateway.url+messagesPath, form)
					if err == nil && answer.Status == http.StatusOK {
						break
					}
					if err == nil && answer.Status != http.StatusServiceUnavailable || t.Context().Err() != nil {
						t.Errorf("%d %s %v", answer.Status, answer.Body, err)
						break
					}
					alive.wait()
				}
				now := acknowledged.Add(1)
				for n, moment := range moments {
					if now == moment {
						close(reached[n])
					}
				}
			}
		})
	}
	for n := range moments {
		// Some messages the provider takes, but says so too late: only a look
		// at its own list can tell.
		taken := len(sim.Messages())
		sim.Fault(twilio.Fault{Times: 3, Hang: true, Taken: true})
		<-reached[n]
		require.NoError(t, sim.Wait(t.Context(), func(s twilio.State) bool { return len(s.Messages) > taken+3 }))
		alive.shut()
		gateway.kill()
		alone(t, db)
		// Half a minute passes, in which the dead process's leases run out.
		db.MustExec(`update deliveries set due_at = due_at - interval '30 seconds' where due_at > now()`)
		gateway.start()
		close(alive.open)
	}
	posting.Wait()
	finish(t, db)
	gateway.stop()

	var decided struct{ Decisions, Events, Texts, Sent int }
	require.NoError(t, db.Get(&decided, `select count(*) as decisions, count(distinct event_id) as events,
		count(distinct provider_id) as texts, count(*) filter (where outcome = 'sent') as sent from decisions`))
	require.Equal(t, struct{ Decisions, Events, Texts, Sent int }{customers, customers, customers, customers}, decided)
	replies := map[string][]string{}
	for _, m := range sim.Messages() {
		replies[m.To] = append(replies[m.To], m.SID)
	}
	for i := range customers {
		var delivery struct {
			State string `db:"state"`
			SID   string `db:"provider_id"`
		}
		require.NoError(t, db.Get(&delivery, `select state, coalesce(provider_id, '') as provider_id from deliveries where to_address = $1`, customer(i)))
		require.Equal(t, []string{delivery.SID}, replies[customer(i)], "one reply, and we know which")
		require.Contains(t, []string{"sending", "sent", "delivered"}, delivery.State)
	}
	var paced int
	require.NoError(t, db.Get(&paced, `select count(*) from paces where tat > '2020-01-01'`))
	require.Equal(t, 1, paced, "the service holds its sender to the messages a second that it may send")
}

func customer(i int) string { return fmt.Sprintf("+1312558%04d", i) }

// alone waits until Postgres has done with what a killed process asked of it.
func alone(t *testing.T, db *sqlx.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), settled)
	defer cancel()
	for ticker := time.NewTicker(5 * time.Millisecond); ; {
		var others int
		require.NoError(t, db.GetContext(ctx, &others, `select count(*) from pg_stat_activity
			where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`))
		if others == 0 {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			require.FailNow(t, "the dead are still connected")
		}
	}
}

// TestKilledWithItsOwnPostgres: what an embedded Postgres was told is there
// after a kill -9 of both.
func TestKilledWithItsOwnPostgres(t *testing.T) {
	t.Parallel()
	sim := twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, Numbers: []string{ours}})
	provider := plays(t, sim)
	data, err := os.MkdirTemp("", "ringback-e2e-") // t.TempDir lets no other user in, and root's Postgres is one
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(data) })
	require.NoError(t, os.Chmod(data, 0o755))

	gateway := newChild(t, "RINGBACK_DATA_DIR="+data, "TWILIO_BASE_URL="+provider)
	gateway.start()
	team := gateway.team()
	text := func(sid string) {
		t.Helper()
		form := url.Values{"AccountSid": {accountSID}, "MessageSid": {sid}, "From": {customer(1)}, "To": {ours}, "Body": {"Is it ready?"}}
		answer, err := sim.Post(t.Context(), gateway.url+messagesPath, form)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status, answer.Body)
	}
	text("SMbefore")
	gateway.kill()
	gateway.start()
	text("SMbefore") // the provider repeats it
	text("SMafter")

	ctx, cancel := context.WithTimeout(t.Context(), settled)
	defer cancel()
	for ticker := time.NewTicker(20 * time.Millisecond); ; {
		var decisions struct {
			Items []struct {
				Outcome string
				Event   struct {
					ProviderID string `json:"provider_id"`
				}
			}
		}
		gateway.call(http.MethodGet, "/teams/"+team+"/decisions", nil, &decisions)
		if len(decisions.Items) == 2 {
			outcomes := map[string]string{}
			for _, d := range decisions.Items {
				outcomes[d.Event.ProviderID] = d.Outcome
			}
			require.Equal(t, map[string]string{"SMbefore": "sent", "SMafter": "skipped"}, outcomes)
			gateway.stop()
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			require.FailNow(t, "no decisions", "%+v", decisions)
		}
	}
}
