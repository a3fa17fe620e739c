package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/cmd/app"
	"ringback/cmd/chaos/wire"
	"ringback/settings"
)

// wired is a world whose way to Postgres can be cut and silenced, and Postgres itself.
func wired(t *testing.T, changes ...func(*app.Config)) (*world, *wire.Wire, *sqlx.DB) {
	t.Helper()
	var cable *wire.Wire
	var direct *sqlx.DB
	w := opened(t, append(changes, func(c *app.Config) {
		var err error
		direct, err = sqlx.Open("postgres", c.DatabaseURL)
		require.NoError(t, err)
		t.Cleanup(func() { _ = direct.Close() })
		cable, c.DatabaseURL = newWire(t, c.DatabaseURL)
		c.SpoolAfter = 0 // as it is usual
	})...)
	return w, cable, direct
}

// locked is a transaction that keeps everybody from a table until it is rolled back.
func locked(t *testing.T, db *sqlx.DB, table string) *sqlx.Tx {
	t.Helper()
	tx, err := db.Beginx()
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	_, err = tx.Exec(`lock table ` + table + ` in access exclusive mode`)
	require.NoError(t, err)
	return tx
}

// thanked brings a text to a door, and is answered as a provider wants it.
func (w *world) thanked(body string) {
	w.t.Helper()
	status, words := w.post(webhook{body: body})
	require.Equal(w.t, http.StatusOK, status, words)
}

func (w *world) readiness() string {
	w.t.Helper()
	answer, words := w.get("/readyz")
	require.Equal(w.t, http.StatusOK, answer.StatusCode, "%s", words)
	return string(words)
}

// TestDatabaseStuck: while Postgres does not answer, providers are thanked, and what
// they brought is there once it does.
func TestDatabaseStuck(t *testing.T) {
	t.Parallel()
	w, _, direct := wired(t)
	stuck := locked(t, direct, "events")
	w.thanked(sms("MessageSid", "SMstuck"))
	w.thanked(sms("MessageSid", "SMstuck"))
	require.Contains(t, w.readiness(), "spool_holds")
	require.NoError(t, stuck.Rollback())
	w.settle()
	w.count(decisionsOf, "+13125550142", 1)
	require.Len(t, w.sim.Inbox("+13125550142"), 1)
	require.Equal(t, "ready\n", w.readiness())
}

// TestDatabaseAway: while Postgres cannot be reached, and while it is silent, the doors
// go on, also for an account that a company stored. A wrong signature is refused as
// ever. When Postgres is back all goes on by itself: a text is one event, however
// often it came, and each contact's are in order.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*wire.Wire) (end func()){
		"cut": func(cable *wire.Wire) func() {
			cable.Cut(true)
			return func() { cable.Cut(false) }
		},
		"silent": (*wire.Wire).Silence,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := []byte("thirty-two bytes of a test's key")
			w, cable, direct := wired(t, func(c *app.Config) { c.SecretKey = base64.StdEncoding.EncodeToString(key) })
			sealing, err := settings.NewSecretKey(key)
			require.NoError(t, err)
			w.edit(func(e *settings.Edit) error {
				_, err := e.ConnectSender(t.Context(), &settings.Vault{Key: sealing}, settings.Sender{Kind: channels.SMS, Address: theirNumber},
					&settings.Credentials{AccountSID: theirAccount, AuthToken: theirToken})
				return err
			})
			theirs := func(token, sid string) int {
				status, _ := w.post(webhook{token: token, body: sms("AccountSid", theirAccount, "To", theirNumber, "From", "+13125550188", "MessageSid", sid)})
				return status
			}
			require.Equal(t, http.StatusOK, theirs(theirToken, "SMtheirs0"))
			w.answered("+13125550142")
			end := fault(cable)
			defer end()
			const customers, texts = 5, 4
			sid := func(customer, n int) string { return fmt.Sprintf("SM%s%d-%d", name, customer, n) }
			from := func(customer int) string { return fmt.Sprintf("+1312556%04d", customer) }
			for n := range texts {
				for customer := range customers {
					body := sms("From", from(customer), "MessageSid", sid(customer, n), "Body", fmt.Sprintf("text %d", n))
					w.thanked(body)
					w.thanked(body)
				}
			}
			status, words := w.post(webhook{body: sms(), token: "a wrong token"})
			require.Equal(t, http.StatusForbidden, status, words)
			require.Equal(t, http.StatusOK, theirs(theirToken, "SMtheirs1"))
			require.Equal(t, http.StatusOK, theirs(theirToken, "SMtheirs1"))
			require.Equal(t, http.StatusForbidden, theirs(authToken, "SMtheirs2"))
			require.Contains(t, w.readiness(), "database_away")
			var events int
			require.NoError(t, direct.Get(&events, `select count(*) from events where payload->>'Theirs' like '+1312556%'`))
			require.Zero(t, events)

			end()
			require.Eventually(t, func() bool { return w.Gateway.Busy() == 0 }, settled, time.Millisecond)
			w.thanked(sms("From", from(0), "MessageSid", sid(0, 0))) // the provider repeats one, straight to Postgres
			w.settle()
			for customer := range customers {
				w.count(decisionsOf, from(customer), texts)
				require.Len(t, w.sim.Inbox(from(customer)), 1, "one greeting")
				var heard []string
				require.NoError(t, direct.Select(&heard, `select text from messages join addresses a using (contact_id)
					where a.address = $1 and author = 'customer' order by seq`, from(customer)))
				require.Equal(t, []string{"text 0", "text 1", "text 2", "text 3"}, heard)
			}
			w.count(decisionsOf, "+13125550188", 2)
			require.Equal(t, "ready\n", w.readiness())
		})
	}
}

// TestDatabaseCutInTheMiddle: Postgres is cut off while texts come in, are thought
// about and answered. No provider hears of it.
func TestDatabaseCutInTheMiddle(t *testing.T) {
	t.Parallel()
	w, cable, _ := wired(t)
	const customers, workers = 60, 8
	queue := make(chan int, customers)
	for i := range customers {
		queue <- i
	}
	close(queue)
	var posting sync.WaitGroup
	var one sync.Mutex
	thanked := 0
	for range workers {
		posting.Go(func() {
			for i := range queue {
				status, words := w.post(webhook{body: sms("From", fmt.Sprintf("+1312556%04d", i), "MessageSid", fmt.Sprintf("SMaway%d", i))})
				if status != http.StatusOK {
					t.Errorf("%d %s", status, words)
				}
				one.Lock()
				thanked++
				if thanked == customers/3 || thanked == 2*customers/3 {
					cable.Cut(thanked == customers/3)
				}
				one.Unlock()
			}
		})
	}
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

// TestSpoolFull: what finds no room is refused, and the provider asked to try again.
func TestSpoolFull(t *testing.T) {
	t.Parallel()
	w, cable, _ := wired(t, func(c *app.Config) { c.SpoolLimit = 1 })
	cable.Cut(true)
	long := make([]byte, 60<<10)
	for n := range long {
		long[n] = 'x'
	}
	status, words, kept := http.StatusOK, "", 0
	for ; status == http.StatusOK; kept++ {
		require.Less(t, kept, 1000, "the spool has no end")
		status, words = w.post(webhook{body: sms("From", "+13125560000", "Body", string(long), "MessageSid", fmt.Sprintf("SMfull%d", kept))})
	}
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, words, "the spool is full")
	answer, notes := w.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
	require.Contains(t, string(notes), "spool_full")
	cable.Cut(false)
	w.settle()
	w.count(decisionsOf, "+13125560000", kept-1)
	require.Equal(t, "ready\n", w.readiness())
}

// TestSpooledStop: nothing is sent while a STOP that was acknowledged waits in the
// spool.
func TestSpooledStop(t *testing.T) {
	t.Parallel()
	const customer = "+13125550142"
	w, _, direct := wired(t)
	w.answered(customer)
	stuck := locked(t, direct, "events")
	w.thanked(sms("From", customer, "Body", "STOP"))
	_, err := direct.Exec(`update deliveries set state = 'queued', due_at = $1, provider_id = null, tried_at = null`, monday)
	require.NoError(t, err)
	sent, err := w.Gateway.SendOne(t.Context())
	require.NoError(t, err)
	require.False(t, sent)
	require.NoError(t, stuck.Rollback())
	w.settle()
	require.Len(t, w.sim.Inbox(customer), 1, "the one before")
	w.state(customer, "canceled", "")
}

// TestSpooledStopMeanwhile: what was being claimed when a STOP went into the spool does
// not leave either, however long Postgres took for the claim.
func TestSpooledStopMeanwhile(t *testing.T) {
	t.Parallel()
	const customer = "+13125550142"
	w, _, direct := wired(t)
	w.answered(customer)
	slow := locked(t, direct, "paces")
	_, err := direct.Exec(`update deliveries set state = 'queued', due_at = $1, provider_id = null, tried_at = null`, monday)
	require.NoError(t, err)
	w.Gateway.Wake()
	waits := `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%from deliveries where due_at is not null%')`
	require.Eventually(t, func() bool {
		var claiming bool
		require.NoError(t, direct.Get(&claiming, waits))
		return claiming
	}, settled, time.Millisecond)
	stuck := locked(t, direct, "events")
	w.thanked(sms("From", customer, "Body", "STOP"))
	require.NoError(t, slow.Rollback())
	require.Eventually(t, func() bool {
		var claiming bool
		require.NoError(t, direct.Get(&claiming, waits))
		return !claiming
	}, settled, time.Millisecond)
	require.NoError(t, stuck.Rollback())
	w.settle()
	require.Len(t, w.sim.Inbox(customer), 1, "the one before")
	w.state(customer, "canceled", "")
}

// TestAStopWhileASendWaits: what was claimed long before it could leave is looked at once
// more, since a STOP may have been acknowledged in between.
func TestAStopWhileASendWaits(t *testing.T) {
	t.Parallel()
	const customer = "+13125550142"
	w, _, direct := wired(t)
	w.answered(customer)
	slow := locked(t, direct, "requests") // in which the link of its text is looked for
	_, err := direct.Exec(`update deliveries set state = 'queued', due_at = $1, provider_id = null, tried_at = null, text = 'See https://x.example/r:AAAAAAAAAAAAAAAAAAAAAA'`, monday)
	require.NoError(t, err)
	version := func(claims int) (is string) {
		require.NoError(t, direct.Get(&is, `select coalesce((select xmin::text from deliveries where claims > $1), '')`, claims))
		return is
	}
	var claims int
	require.NoError(t, direct.Get(&claims, `select claims from deliveries`))
	w.Gateway.Wake()
	require.Eventually(t, func() bool { return version(claims) != "" }, settled, time.Millisecond)
	first := version(claims)
	w.thanked(sms("From", customer, "Body", "STOP"))
	require.Eventually(t, func() bool { return version(claims) != first }, settled, time.Millisecond, "the lease is renewed")
	require.NoError(t, slow.Rollback())
	w.settle()
	require.Len(t, w.sim.Inbox(customer), 1, "the one before")
	w.state(customer, "canceled", "")
}

// TestCallsWhileSilent: a caller hears what they would have heard, soon, while Postgres
// says nothing, and their call is written down.
func TestCallsWhileSilent(t *testing.T) {
	t.Parallel()
	w, cable, direct := wired(t, func(c *app.Config) { c.FastTimeout = 0 })
	w.phones(answers)
	w.Clock.Stop(monday10)
	ring := func(sid string) string {
		soon, cancel := context.WithTimeout(t.Context(), 10*time.Second) // Postgres would be waited for longer
		defer cancel()
		form := url.Values{"AccountSid": {accountSID}, "CallSid": {sid}, "From": {caller}, "To": {ours}, "CallStatus": {"ringing"}, "Direction": {"inbound"}}
		answer, err := w.sim.Post(soon, w.PublicURL()+voicePath, form)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status)
		return answer.Body
	}
	require.Contains(t, ring("CA0"), "<Response>")
	end := cable.Silence()
	defer end()
	hears := ring("CA1")
	require.Contains(t, hears, "sender=", "the number is known")
	end()
	require.Eventually(t, func() bool { return w.Gateway.Busy() == 0 }, settled, time.Millisecond)
	var kept int
	require.NoError(t, direct.Get(&kept, `select count(*) from events where provider_id = 'CA1/call'`))
	require.Equal(t, 1, kept)
}

// TestAStopHasAnEnd: a process that is told to stop ends, also while Postgres says
// nothing and its workers wait for it.
func TestAStopHasAnEnd(t *testing.T) {
	t.Parallel()
	w, cable, _ := wired(t)
	config := w.config
	config.StopWithin = 2 * time.Second
	a, err := app.New(t.Context(), config, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	serving, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Serve(serving) }()
	end := cable.Silence()
	defer end()
	a.Gateway.Wake()
	soon, cancel := context.WithTimeout(t.Context(), 15*time.Second) // Postgres would be waited for longer
	defer cancel()
	stop()
	select {
	case <-done: // in good order, or with what did not end
	case <-soon.Done():
		t.Fatal("it waits for Postgres")
	}
}
