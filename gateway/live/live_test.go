package live_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/gateway/live"
	"ringback/migrations/testdb"
)

// A process that stops right after it woke somebody has woken them elsewhere,
// too.
func TestTheLastWakeUpIsHeard(t *testing.T) {
	t.Parallel()
	dsn := testdb.DSN(t)
	db := sqlx.MustConnect("postgres", dsn)
	t.Cleanup(func() { _ = db.Close() })
	log := slog.New(slog.DiscardHandler)
	for n := range 20 {
		here, there := live.New(db, log), live.New(db, log)
		woken, end := there.Listen("v_1")
		there.Start(dsn)
		heard(t, woken) // that it listens
		here.Start(dsn)
		here.Wake("v_1")
		here.Stop()
		heard(t, woken)
		end()
		there.Stop()
		require.Zero(t, there.Listening(), n)
	}
}

// Who listens before the other processes are heard is woken once they are: what
// was told in between would be missed.
func TestWhoListensEarlyIsWokenOnce(t *testing.T) {
	t.Parallel()
	dsn := testdb.DSN(t)
	db := sqlx.MustConnect("postgres", dsn)
	t.Cleanup(func() { _ = db.Close() })
	hub := live.New(db, slog.New(slog.DiscardHandler))
	woken, end := hub.Listen("v_1")
	defer end()
	hub.Start(dsn)
	defer hub.Stop()
	heard(t, woken)
}

func heard(t *testing.T, woken <-chan struct{}) {
	t.Helper()
	select {
	case <-woken:
	case <-time.After(time.Minute):
		require.FailNow(t, "nobody was woken")
	}
}
