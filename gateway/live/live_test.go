package live_test

import (
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
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
		there.Start(dsn, &way{})
		heard(t, woken) // that it listens
		here.Start(dsn, &way{})
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
	hub.Start(dsn, &way{})
	defer hub.Stop()
	heard(t, woken)
}

// way is the usual one to Postgres.
type way struct{ net.Dialer }

func (w *way) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	return net.DialTimeout(network, address, timeout)
}

// said has a word sent for each line that is logged.
type said chan string

func (s said) Write(line []byte) (int, error) {
	select {
	case s <- string(line):
	default:
	}
	return len(line), nil
}

// TestAPanicEndsNobody: what wakes the others goes on after it.
func TestAPanicEndsNobody(t *testing.T) {
	t.Parallel()
	lines := make(said, 100)
	hub := live.New(nil, slog.New(slog.NewTextHandler(lines, nil))) // who asks it panics
	hub.Start(testdb.DSN(t), &way{})
	defer hub.Stop()
	for range 2 {
		hub.Wake("v_1")
		select {
		case line := <-lines:
			require.Contains(t, line, "waking other processes panicked")
		case <-time.After(time.Minute):
			require.FailNow(t, "it does not go on")
		}
	}
}

// nowhere is a way that leads to no Postgres.
type nowhere struct{ way }

func (nowhere) DialTimeout(string, string, time.Duration) (net.Conn, error) {
	return nil, errors.New("there is none")
}

// offended panics at the first complaint that nothing is heard.
type offended struct {
	said
	once *sync.Once
}

func (o offended) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "are not heard") {
		o.once.Do(func() { panic("the log is full") })
	}
	return o.said.Write(line)
}

// TestAPanicInTheDriversGoroutine: lib/pq calls us from its own, where nobody else stands
// between a panic and the process.
func TestAPanicInTheDriversGoroutine(t *testing.T) {
	t.Parallel()
	lines := make(said, 100)
	hub := live.New(nil, slog.New(slog.NewTextHandler(offended{lines, &sync.Once{}}, nil)))
	hub.Start("postgres://localhost/none", &nowhere{})
	defer hub.Stop()
	for _, says := range []string{"hearing other processes panicked", "wake-ups of other processes are not heard"} {
		select {
		case line := <-lines:
			require.Contains(t, line, says)
		case <-time.After(time.Minute):
			require.FailNow(t, "it does not go on")
		}
	}
}

func heard(t *testing.T, woken <-chan struct{}) {
	t.Helper()
	select {
	case <-woken:
	case <-time.After(time.Minute):
		require.FailNow(t, "nobody was woken")
	}
}
