package gateway

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/guard"
	"ringback/gateway/events"
	"ringback/gateway/spool"
	"ringback/migrations/testdb"
)

// panicking makes connections that panic at a statement about SM1.
type panicking struct{ *pq.Connector }

type panickingConn struct {
	driver.Conn
	driver.ExecerContext
	driver.ConnBeginTx
}

func (c panicking) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return panickingConn{conn, conn.(driver.ExecerContext), conn.(driver.ConnBeginTx)}, nil
}

func (c panickingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if bytes.Contains(fmt.Append(nil, args), []byte("SM1")) {
		panic("out of its mind")
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// panickingSpool panics at what is about SM1.
type panickingSpool struct{ spool.Store }

func (s panickingSpool) Append(things [][]byte, at time.Time) error {
	if bytes.Contains(bytes.Join(things, nil), []byte("SM1")) {
		panic("out of its mind")
	}
	return s.Store.Append(things, at)
}

func gatewayWith(t *testing.T, db *sqlx.DB) (*Gateway, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	log := slog.New(slog.NewTextHandler(said, nil))
	kept, err := spool.Open(t.TempDir(), 1<<20, log)
	require.NoError(t, err)
	t.Cleanup(func() { _ = kept.Close() })
	return New(Config{DB: db, Clock: clocktest.Running(t), Spool: kept, SpoolAfter: time.Minute, Log: log}), said
}

// panicsAtSM1 is a database that does, and what looks into it.
func panicsAtSM1(t *testing.T) (db, plain *sqlx.DB) {
	t.Helper()
	dsn := testdb.DSN(t)
	connector, err := pq.NewConnector(dsn)
	require.NoError(t, err)
	plain = sqlx.MustOpen("postgres", dsn)
	t.Cleanup(func() { _ = plain.Close() })
	db = sqlx.NewDb(sql.OpenDB(panicking{connector}), "postgres")
	t.Cleanup(func() { _ = db.Close() })
	return db, plain
}

func texts(n int) []channels.Event {
	var all []channels.Event
	for n := range n {
		all = append(all, channels.Event{
			Kind: channels.MessageReceived, ProviderID: fmt.Sprintf("SM%d", n), Sender: channels.SMS, Raw: []byte("its body"), Message: &channels.Message{Text: "hello"},
		})
	}
	return all
}

func (g *Gateway) arrivals(all []channels.Event) (together []*arrival) {
	for _, e := range all {
		together = append(together, g.arrive([]channels.Event{e}))
	}
	return together
}

func strays(t *testing.T, db *sqlx.DB) (kept []string) {
	t.Helper()
	require.NoError(t, db.Select(&kept, `select provider_id || coalesce(' ' || (regexp_match(payload ->> 'fault', 'out of its mind'))[1], '') || case when payload ? 'fault' then ' is set aside' else '' end from strays order by 1`))
	return kept
}

// TestAPanicOfTheWriterIsOneEventsOwn: it is set aside with its body, what came in the
// same commit is written down, and the process goes on.
func TestAPanicOfTheWriterIsOneEventsOwn(t *testing.T) {
	t.Parallel()
	db, plain := panicsAtSM1(t)
	g, said := gatewayWith(t, db)
	together := g.arrivals(texts(3))
	g.record(together)
	for n, a := range together {
		require.NoError(t, <-a.done, n)
	}
	require.Equal(t, []string{"SM0", "SM1 out of its mind is set aside", "SM2"}, strays(t, plain))
	require.Contains(t, said.String(), "out of its mind")
	require.Contains(t, said.String(), "panic_test.go", "with the stack")
	require.Zero(t, g.Spool.State().Count)
}

// TestAPanicOfThePlayerIsOneEventsOwn: it holds up nothing else in the spool.
func TestAPanicOfThePlayerIsOneEventsOwn(t *testing.T) {
	t.Parallel()
	db, plain := panicsAtSM1(t)
	g, said := gatewayWith(t, db)
	for _, e := range texts(3) {
		payload, raw, err := events.Kept(e)
		require.NoError(t, err)
		thing, err := json.Marshal(spooled{payload, raw})
		require.NoError(t, err)
		require.NoError(t, g.Spool.Append([][]byte{thing}, time.Time{}))
	}
	require.NoError(t, g.playSome(t.Context(), played))
	require.Equal(t, []string{"SM0", "SM1 out of its mind is set aside", "SM2"}, strays(t, plain))
	require.Contains(t, said.String(), "out of its mind")
	require.Zero(t, g.Spool.State().Count)
}

// TestAPanicOfTheSpoolIsOneWebhooksOwn: its provider is asked to try again, and the
// others are kept.
func TestAPanicOfTheSpoolIsOneWebhooksOwn(t *testing.T) {
	t.Parallel()
	g, said := gatewayWith(t, nil) // Postgres is away
	g.Spool = panickingSpool{g.Spool}
	together := g.arrivals(texts(3))
	g.record(together)
	for n, a := range together {
		err := <-a.done
		require.Equal(t, n == 1, guard.Panicked(err), n)
	}
	require.Equal(t, 2, g.Spool.State().Count)
	require.Contains(t, said.String(), "out of its mind")
}

// awaySpool is one whose servers are away, and hold something.
type awaySpool struct{ spool.Store }

func (awaySpool) State() spool.State               { return spool.State{Count: 1, Fault: spool.ErrAway} }
func (awaySpool) Append([][]byte, time.Time) error { return spool.ErrAway }

// TestAPanicOfASpoolThatIsAway: its provider is asked to try again, Postgres has the
// others, and each is told once.
func TestAPanicOfASpoolThatIsAway(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	g, _ := gatewayWith(t, db)
	g.Spool = panickingSpool{awaySpool{g.Spool}}
	together := g.arrivals(texts(3))
	g.record(together)
	for n, a := range together {
		err := <-a.done
		require.Equal(t, n == 1, guard.Panicked(err), n)
		require.Equal(t, n == 1, err != nil, n)
		require.Empty(t, a.done, n)
	}
	require.Equal(t, []string{"SM0", "SM2"}, strays(t, db))
}

// brokenSpool panics whatever it is asked.
type brokenSpool struct {
	spool.Store
	asked chan struct{}
}

func (s brokenSpool) State() spool.State {
	select {
	case s.asked <- struct{}{}:
	default:
	}
	panic("out of its mind")
}

// TestWhateverPanicsOnTheDoorsRoad: whoever waits is answered, and the writer and the
// player go on.
func TestWhateverPanicsOnTheDoorsRoad(t *testing.T) {
	t.Parallel()
	g, _ := gatewayWith(t, nil)
	whole, asked := g.Spool, make(chan struct{})
	g.Spool = brokenSpool{whole, asked}
	g.Seen = func(context.Context, []channels.Event) { panic("out of its mind") }
	ctx := g.begin()
	g.working.Go(func() { g.play(ctx) })
	defer func() { g.stop(); g.working.Wait() }()
	g.seen <- texts(1)
	g.seen <- texts(1)
	for n := range 3 {
		require.True(t, guard.Panicked(g.Receive(t.Context(), texts(1))), n)
		<-asked
	}
}
