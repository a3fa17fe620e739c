package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway"
	"ringback/gateway/spool"
	"ringback/migrations/testdb"
)

// spooling is a gateway with a spool, which nobody has started.
func spooling(t *testing.T, db *sqlx.DB, folder string) *gateway.Gateway {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	kept, err := spool.Open(folder, 1<<20, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { _ = kept.Close() })
	return gateway.New(gateway.Config{DB: db, Clock: clocktest.Running(t), Spool: kept, Log: quiet})
}

func numbered(n int) []channels.Event {
	return []channels.Event{{Kind: channels.MessageReceived, ProviderID: fmt.Sprintf("SM%d", n), Sender: channels.SMS, Raw: []byte("its body"), Message: &channels.Message{Text: "hello"}}}
}

// TestWhatComesWaitsBehindTheSpool: what the spool holds reaches Postgres before what
// comes later, also when Postgres is back already.
func TestWhatComesWaitsBehindTheSpool(t *testing.T) {
	t.Parallel()
	db, folder := testdb.New(t), t.TempDir()
	without := spooling(t, nil, folder) // Postgres is away
	without.StartIntake()
	require.NoError(t, without.Receive(t.Context(), numbered(0)))
	without.Stop()
	require.NoError(t, without.Spool.Close())

	with := spooling(t, db, folder)
	with.StartIntake()
	require.NoError(t, with.Receive(t.Context(), numbered(1)))
	var there int
	require.NoError(t, db.Get(&there, `select count(*) from strays`))
	require.Zero(t, there)
	with.Stop()
	require.NoError(t, with.Spool.Close())

	playing := spooling(t, db, folder)
	playing.Start()
	defer playing.Stop()
	require.Eventually(t, func() bool { return playing.Busy() == 0 }, time.Minute, time.Millisecond)
	var kept []struct {
		ID  string `db:"provider_id"`
		Raw string `db:"raw"`
	}
	require.NoError(t, db.Select(&kept, `select provider_id, convert_from(raw, 'UTF8') as raw from strays order by id`))
	require.Len(t, kept, 2)
	require.Equal(t, "SM0", kept[0].ID)
	require.Equal(t, "its body", kept[0].Raw)
}

// TestAQuotedLinkIsNotSpooled: whoever reads the spool's file, or what its servers hold,
// reads no link by which they could answer in the place of the customer who quoted it.
func TestAQuotedLinkIsNotSpooled(t *testing.T) {
	t.Parallel()
	const token = "vGnD2ZkQx7mT4bWc9yHs-_"
	told := numbered(0)
	told[0].Message.Text = "what is https://texts.example.com/r/" + token
	told[0].Raw = []byte("Body=what+is+https%3A%2F%2Ftexts.example.com%2Fr%2F" + token)
	g := spooling(t, nil, t.TempDir())
	g.StartIntake()
	defer g.Stop()
	require.NoError(t, g.Receive(t.Context(), told))
	kept, err := g.Spool.First(1)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	var thing struct {
		Event json.RawMessage `json:"event"`
		Raw   []byte          `json:"raw"`
	}
	require.NoError(t, json.Unmarshal(kept[0].Data, &thing))
	require.Contains(t, string(thing.Event), "what is ")
	require.NotContains(t, string(thing.Event), token)
	require.Contains(t, string(thing.Raw), "what+is+")
	require.NotContains(t, string(thing.Raw), token)
}

// TestNothingHoldsUpTheSpool: an event on which Postgres itself fails is set aside with
// what it said, and those behind it go on.
func TestNothingHoldsUpTheSpool(t *testing.T) {
	t.Parallel()
	db, folder := testdb.New(t), t.TempDir()
	db.MustExec(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'out of its mind' using errcode = 'XX000'; end $$`)
	db.MustExec(`create trigger failing before insert on strays for each row when (new.provider_id = 'SM1' and new.payload ? 'Kind') execute function fail()`)
	without := spooling(t, nil, folder)
	without.StartIntake()
	for n := range 3 {
		require.NoError(t, without.Receive(t.Context(), numbered(n)))
	}
	without.Stop()
	require.NoError(t, without.Spool.Close())

	with := spooling(t, db, folder)
	with.Start()
	defer with.Stop()
	require.Eventually(t, func() bool { return with.Spool.State().Count == 0 }, time.Minute, time.Millisecond)
	var kept []string
	require.NoError(t, db.Select(&kept, `select provider_id || coalesce(' ' || (payload ->> 'fault'), '') from strays order by 1`))
	require.Len(t, kept, 3)
	require.Contains(t, kept[1], "out of its mind")
}

// TestAnEventsOwnFault: what Postgres refuses is set aside at once and not spooled; and
// it holds up nothing that the spool plays.
func TestAnEventsOwnFault(t *testing.T) {
	t.Parallel()
	db, folder := testdb.New(t), t.TempDir()
	refused := func(n int) []channels.Event {
		events := numbered(n)
		events[0].ProviderID += "\x00"
		return events
	}
	without := spooling(t, nil, folder)
	without.StartIntake()
	for n, events := range [][]channels.Event{numbered(0), refused(1), numbered(2)} {
		require.NoError(t, without.Receive(t.Context(), events), n)
	}
	without.Stop()
	require.NoError(t, without.Spool.Close())

	with := spooling(t, db, folder)
	with.Start()
	defer with.Stop()
	require.Eventually(t, func() bool { return with.Spool.State().Count == 0 }, time.Minute, time.Millisecond)
	require.NoError(t, with.Receive(t.Context(), refused(3)))
	require.Zero(t, with.Spool.State().Count)
	var kept []string
	require.NoError(t, db.Select(&kept, `select left(provider_id, 3) from strays order by 1`))
	require.Equal(t, []string{"SM0", "SM1", "SM2", "SM3"}, kept)
}

// fullDisk is a spool that takes nothing until the disk has room.
type fullDisk struct {
	spool.Store
	room atomic.Bool
}

func (d *fullDisk) Append(things [][]byte, at time.Time) error {
	if !d.room.Load() {
		return errors.New("no space left on device")
	}
	return d.Store.Append(things, at)
}

func (d *fullDisk) State() spool.State {
	state := d.Store.State()
	if !d.room.Load() {
		state.Fault = errors.New("no space left on device")
	}
	return state
}

func (d *fullDisk) AppendLast(things [][]byte, at time.Time) error { return d.Append(things, at) }

// TestACallWaitsInMemory: what a caller did while nothing could be written down is kept
// as soon as something can, and when the process ends as well.
func TestACallWaitsInMemory(t *testing.T) {
	t.Parallel()
	for _, ends := range []bool{false, true} {
		t.Run(fmt.Sprint("the process ends: ", ends), func(t *testing.T) {
			t.Parallel()
			g := spooling(t, nil, t.TempDir()) // Postgres is away
			disk := &fullDisk{Store: g.Spool}
			g.Spool = disk
			g.StartIntake()
			for n := range 3 {
				g.Journal(t.Context(), numbered(n))
			}
			require.Zero(t, disk.State().Count)
			disk.room.Store(true)
			if ends {
				g.Stop()
			} else {
				require.Eventually(t, func() bool { return disk.State().Count >= 3 }, time.Minute, time.Millisecond)
				g.Stop()
			}
			entries, err := disk.First(100)
			require.NoError(t, err)
			var names []string
			for _, entry := range entries {
				var one struct{ Event channels.Event }
				require.NoError(t, json.Unmarshal(entry.Data, &one))
				if !slices.Contains(names, one.Event.ProviderID) { // one that is there twice is known when it comes again
					names = append(names, one.Event.ProviderID)
				}
			}
			require.Equal(t, []string{"SM0", "SM1", "SM2"}, names)
		})
	}
}

// lastRoom is a spool that is full to all but what nobody would tell again.
type lastRoom struct {
	*fullDisk
	tried *atomic.Int64
}

func (d lastRoom) AppendLast(things [][]byte, at time.Time) error {
	defer d.tried.Add(1)
	if err := d.fullDisk.AppendLast(nil, at); err != nil {
		return err
	}
	return d.Store.AppendLast(things, at)
}
func (lastRoom) Append([][]byte, time.Time) error { return errors.New("full") }

// TestTheLastRoomIsForCalls also at the end, while Postgres is away.
func TestTheLastRoomIsForCalls(t *testing.T) {
	t.Parallel()
	g := spooling(t, nil, t.TempDir())
	disk := &fullDisk{Store: g.Spool}
	var tried atomic.Int64
	g.Spool = lastRoom{disk, &tried}
	g.StartIntake()
	g.Journal(t.Context(), numbered(0))
	require.Eventually(t, func() bool { return tried.Load() == 2 }, time.Minute, time.Millisecond, "the caller's try, and the first of who waits")
	disk.room.Store(true)
	g.Stop()
	require.Equal(t, 1, disk.State().Count)
}

// TestACallIsKeptByPostgresAtTheEnd: what waits in memory when the process ends goes to
// Postgres where there is no spool, or one that is full.
func TestACallIsKeptByPostgresAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		t.Run(fmt.Sprint("a spool that is full: ", full), func(t *testing.T) {
			t.Parallel()
			db := testdb.New(t)
			db.MustExec(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'no space left' using errcode = '53100'; end $$`)
			db.MustExec(`create trigger failing before insert on strays for each row execute function fail()`)
			g := spooling(t, db, t.TempDir())
			g.Spool = &fullDisk{Store: g.Spool}
			if !full {
				g.Spool = nil
			}
			g.StartIntake()
			for n := range 3 {
				g.Journal(t.Context(), numbered(n))
			}
			db.MustExec(`drop trigger failing on strays`)
			g.Stop()
			var kept []string
			require.NoError(t, db.Select(&kept, `select left(provider_id, 3) from strays order by 1`))
			require.Equal(t, []string{"SM0", "SM1", "SM2"}, kept)
		})
	}
}

// farAway is a spool of which only few can be read in the time there is.
type farAway struct {
	spool.Store
	most int
}

func (f farAway) First(n int) ([]spool.Entry, error) {
	if n > f.most {
		return nil, context.DeadlineExceeded
	}
	return f.Store.First(n)
}

// TestTheSpoolIsPlayedInParts: what cannot be brought to Postgres all at once goes in
// smaller and smaller parts.
func TestTheSpoolIsPlayedInParts(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	g := spooling(t, db, t.TempDir())
	for n := range 40 {
		thing, err := json.Marshal(map[string]any{"event": numbered(n)[0]})
		require.NoError(t, err)
		require.NoError(t, g.Spool.Append([][]byte{thing}, time.Time{}))
	}
	g.Spool = farAway{g.Spool, 7}
	g.Start()
	defer g.Stop()
	require.Eventually(t, func() bool { return g.Spool.State().Count == 0 }, time.Minute, time.Millisecond)
	var kept int
	require.NoError(t, db.Get(&kept, `select count(*) from strays`))
	require.Equal(t, 40, kept)
}

// TestWhereNothingIsTaken: Postgres that can be read and takes nothing, and a spool on
// the same full disk, are not ready for more.
func TestWhereNothingIsTaken(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	db.MustExec(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'no space left' using errcode = '53100'; end $$`)
	db.MustExec(`create trigger failing before insert on strays for each row execute function fail()`)
	g := spooling(t, db, t.TempDir())
	disk := &fullDisk{Store: g.Spool}
	g.Spool = disk
	g.StartIntake()
	defer g.Stop()
	require.False(t, g.Refuses())
	require.Error(t, g.Receive(t.Context(), numbered(0)))
	require.True(t, g.Refuses())
	disk.room.Store(true)
	require.False(t, g.Refuses(), "the spool takes something again")
	require.NoError(t, g.Receive(t.Context(), numbered(1)))
	require.Equal(t, 1, disk.State().Count)
}

// gone is a spool whose servers are away.
type gone struct {
	spool.Store
	holds int
}

func (s gone) State() spool.State                 { return spool.State{Count: s.holds, Fault: spool.ErrAway} }
func (gone) Append([][]byte, time.Time) error     { return spool.ErrAway }
func (gone) AppendLast([][]byte, time.Time) error { return spool.ErrAway }
func (gone) First(int) ([]spool.Entry, error)     { return nil, spool.ErrAway }

// TestTheSpoolsServersAreAway while Postgres is there: nothing is refused, neither because
// it takes its time nor because they hold something that comes first.
func TestTheSpoolsServersAreAway(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		holds int
		after time.Duration
	}{"they hold something": {1, time.Minute}, "Postgres takes its time": {0, time.Nanosecond}, "both": {1, time.Nanosecond}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := testdb.New(t)
			g := gateway.New(gateway.Config{DB: db, Clock: clocktest.Running(t), Spool: gone{holds: c.holds}, SpoolAfter: c.after, Log: slog.New(slog.DiscardHandler)})
			g.StartIntake()
			defer g.Stop()
			require.NoError(t, g.Receive(t.Context(), numbered(0)))
			var there int
			require.NoError(t, db.Get(&there, `select count(*) from strays`))
			require.Equal(t, 1, there)
			require.False(t, g.Refuses())
		})
	}
}
