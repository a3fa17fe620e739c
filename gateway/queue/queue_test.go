package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
)

const lease = 9 * time.Second

const table = `
create table things (id text primary key, company text not null, key text not null default '', due_at timestamptz, claims integer not null default 0, failures integer not null default 0);
create index on things (company, due_at) where due_at is not null`

const claim = `
with busy as (select key, used from unnest($4::text[], $5::bigint[]) as b (key, used)
), turns as (
	select id, key, due_at, row_number() over (partition by company order by due_at, id) as turn from things where due_at <= $1
), room as (
	select t.*, row_number() over (partition by t.key order by turn, due_at, id) + coalesce(used, 0) as slot from turns t left join busy on busy.key = t.key
), due as (
	select things.id from room join things on things.id = room.id and things.due_at <= $1
	where slot <= $6 order by turn, room.due_at, things.id limit $3 for update of things skip locked
)
update things t set due_at = $1::timestamptz + $2::bigint * interval '1 millisecond', claims = claims + 1
from due where t.id = due.id returning t.id, t.key, t.claims`

type thing struct {
	ID     string `db:"id"`
	Key    string `db:"key"`
	Claims int    `db:"claims"`
}

// world is a table of things in a played time, which passes when everybody
// waits.
type world struct {
	t     *testing.T
	db    *sqlx.DB
	mu    sync.Mutex
	done  []string // things worked on, in order
	panic error
}

// played runs a test in a played time, with a database whose connections live
// no longer than it.
func played(t *testing.T, test func(w *world)) {
	t.Helper()
	dsn := testdb.DSN(t)
	synctest.Test(t, func(t *testing.T) {
		db, err := sqlx.Open("postgres", dsn)
		require.NoError(t, err)
		db.SetMaxIdleConns(32) // opening one for each of its statements costs more than all that it asks
		defer func() { require.NoError(t, db.Close()) }()
		w := &world{t: t, db: db}
		w.exec(table)
		test(w)
	})
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(query, args...)
	require.NoError(w.t, err)
}

// put makes something due now.
func (w *world) put(company, key string, ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		w.exec(`insert into things (id, company, key, due_at) values ($1, $2, $3, $4)`, id, company, key, time.Now())
	}
}

func (w *world) did() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.done)
}

func (w *world) finish(ctx context.Context, one thing) error {
	w.mu.Lock()
	w.done = append(w.done, one.ID)
	w.mu.Unlock()
	_, err := w.db.ExecContext(ctx, `update things set due_at = null where id = $1 and claims = $2`, one.ID, one.Claims)
	return err
}

// replica is a queue over the table, as one process has it.
func (w *world) replica(work func(ctx context.Context, one thing, lease *queue.Lease) error, changes ...func(*queue.Config[thing])) *queue.Queue[thing] {
	c := queue.Config[thing]{
		Name: "working", Log: slog.New(slog.DiscardHandler), Slots: 8, Each: 2, Lease: lease, Work: work,
		Claim: func(ctx context.Context, room queue.Room) (all []thing, err error) {
			err = w.db.SelectContext(ctx, &all, claim, clock.At(time.Now()), lease.Milliseconds(), room.Free, room.Keys, room.Used, room.Each)
			return all, err
		},
		Renew: func(ctx context.Context, one thing) (bool, error) {
			result, err := w.db.ExecContext(ctx, `update things set due_at = $3 where id = $1 and claims = $2 and due_at is not null`, one.ID, one.Claims, time.Now().Add(lease))
			if err != nil {
				return false, err
			}
			n, err := result.RowsAffected()
			return n == 1, err
		},
		Key: func(one thing) string { return one.Key },
		Panicked: func(ctx context.Context, one thing, cause error) error {
			w.mu.Lock()
			w.panic = cause
			w.mu.Unlock()
			_, err := w.db.ExecContext(ctx, `update things set failures = failures + 1, due_at = $3 where id = $1 and claims = $2`, one.ID, one.Claims, time.Now().Add(time.Minute))
			return err
		},
	}
	for _, change := range changes {
		change(&c)
	}
	return queue.New(c)
}

func instant(w *world) func(context.Context, thing, *queue.Lease) error {
	return func(ctx context.Context, one thing, _ *queue.Lease) error { return w.finish(ctx, one) }
}

// hang waits until it is let go, or its context ends.
func hang(release <-chan struct{}) func(context.Context, thing, *queue.Lease) error {
	return func(ctx context.Context, _ thing, _ *queue.Lease) error {
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestWhatACrashLeftIsTakenUpWhenItsLeaseIsOver(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "one")
		_, err := w.replica(nil).Claim(t.Context(), queue.Room{Free: 1, Each: 1}) // and never heard of again
		require.NoError(t, err)
		q := w.replica(instant(w))
		q.Start()
		time.Sleep(lease - time.Second)
		require.Empty(t, w.did())
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"one"}, w.did())
		q.Stop()
		require.Zero(t, q.Busy())
	})
}

func TestALeaseIsRenewedWhileWorkGoesOn(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "one")
		var begun atomic.Int32
		slow := func(ctx context.Context, one thing, _ *queue.Lease) error {
			begun.Add(1)
			time.Sleep(5 * lease)
			return w.finish(ctx, one)
		}
		here, there := w.replica(slow), w.replica(slow)
		here.Start()
		there.Start()
		time.Sleep(6 * lease)
		require.EqualValues(t, 1, begun.Load(), "nobody else began it")
		require.Equal(t, []string{"one"}, w.did())
		here.Stop()
		there.Stop()
	})
}

// TestAFrozenWorkerSendsNothing: it stood still until its lease was over and
// somebody else had done the work.
func TestAFrozenWorkerSendsNothing(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "one")
		thaw := make(chan struct{})
		held, renewing := make(chan error, 1), make(chan struct{})
		frozen := w.replica(func(ctx context.Context, one thing, hold *queue.Lease) error {
			<-thaw
			err := hold.Hold(ctx, 7*time.Second)
			held <- err
			return err
		}, func(c *queue.Config[thing]) {
			renew := c.Renew
			c.Renew = func(ctx context.Context, one thing) (bool, error) { // its renewals stand still as well
				select {
				case <-renewing:
					return renew(ctx, one)
				case <-ctx.Done():
					return false, ctx.Err()
				}
			}
		})
		frozen.Start()
		synctest.Wait()
		time.Sleep(time.Second)
		other := w.replica(instant(w))
		other.Start()
		time.Sleep(2 * lease)
		require.Equal(t, []string{"one"}, w.did(), "another replica went on")
		close(renewing)
		close(thaw)
		require.Error(t, <-held)
		frozen.Stop()
		other.Stop()
		require.Equal(t, []string{"one"}, w.did())
	})
}

// TestNothingLeavesUnderALeaseThatItMayOutlive: after a slow first step the
// lease is renewed before the second, and a database that cannot renew it
// keeps the second from beginning.
func TestNothingLeavesUnderALeaseThatItMayOutlive(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "one")
		down := errors.New("the database is away")
		var renewals atomic.Int32
		var away atomic.Bool
		held := make(chan error, 2)
		q := w.replica(func(ctx context.Context, one thing, hold *queue.Lease) error {
			held <- hold.Hold(ctx, 7*time.Second) // at once: what the claim gave is enough
			time.Sleep(2500 * time.Millisecond)
			away.Store(true)
			err := hold.Hold(ctx, 7*time.Second)
			held <- err
			return err
		}, func(c *queue.Config[thing]) {
			c.Renew = func(context.Context, thing) (bool, error) {
				renewals.Add(1)
				if away.Load() {
					return false, down
				}
				return true, nil
			}
		})
		q.Start()
		require.NoError(t, <-held)
		require.Zero(t, renewals.Load())
		require.ErrorIs(t, <-held, down)
		q.Stop()
	})
}

func TestAPanicIsTheThingsOwnFailure(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "bad", "good")
		var tried atomic.Int32
		q := w.replica(func(ctx context.Context, one thing, _ *queue.Lease) error {
			if one.ID == "bad" && tried.Add(1) == 1 {
				panic("a decoder that met what it did not expect")
			}
			return w.finish(ctx, one)
		})
		q.Start()
		time.Sleep(30 * time.Second)
		require.Equal(t, []string{"good"}, w.did())
		require.ErrorContains(t, w.panic, "a decoder that met")
		time.Sleep(time.Minute)
		require.Equal(t, []string{"good", "bad"}, w.did())
		var failures int
		require.NoError(t, w.db.Get(&failures, `select failures from things where id = 'bad'`))
		require.Equal(t, 1, failures)
		q.Stop()
	})
}

func TestTroubleOfOurOwnCountsAgainstNothing(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "one")
		var tried atomic.Int32
		q := w.replica(func(ctx context.Context, one thing, _ *queue.Lease) error {
			if tried.Add(1) == 1 {
				return errors.New("no connection")
			}
			return w.finish(ctx, one)
		})
		q.Start()
		time.Sleep(lease + 2*time.Second)
		require.Equal(t, []string{"one"}, w.did())
		require.NoError(t, w.panic)
		q.Stop()
	})
}

func TestCompaniesTakeTurns(t *testing.T) {
	played(t, func(w *world) {
		for n := range 50 {
			w.put("flood", "", "flood "+string(rune('A'+n)))
		}
		w.put("calm", "", "calm 1", "calm 2")
		require.NoError(t, w.replica(instant(w)).Drain(t.Context()))
		did := w.did()
		require.Len(t, did, 52)
		require.Less(t, slices.Index(did, "calm 1"), 2)
		require.Less(t, slices.Index(did, "calm 2"), 4)
	})
}

func TestAKeyThatHangsFillsItsOwnSlots(t *testing.T) {
	played(t, func(w *world) {
		release := make(chan struct{})
		waiting := hang(release)
		q := w.replica(func(ctx context.Context, one thing, hold *queue.Lease) error {
			if one.Key == "hangs" {
				return waiting(ctx, one, hold)
			}
			return w.finish(ctx, one)
		})
		for n := range 30 {
			w.put("a", "hangs", "hangs "+string(rune('A'+n)))
		}
		q.Start()
		time.Sleep(time.Second)
		w.put("a", "answers", "1", "2", "3", "4")
		time.Sleep(2500 * time.Millisecond) // between two polls
		require.ElementsMatch(t, []string{"1", "2", "3", "4"}, w.did())
		require.Equal(t, 2, q.Busy(), "no more than the slots of the key that hangs")
		close(release)
		q.Stop()
	})
}

// TestStopHasAnEnd: what is in hand may go on for the grace, and is cut off and
// put back then.
func TestStopHasAnEnd(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "long")
		w.put("a", "b", "short")
		var released []string
		q := w.replica(func(ctx context.Context, one thing, hold *queue.Lease) error {
			if one.ID == "long" {
				return hang(nil)(ctx, one, hold)
			}
			time.Sleep(3 * time.Second)
			return w.finish(ctx, one)
		}, func(c *queue.Config[thing]) {
			c.Grace = 5 * time.Second
			c.Release = func(_ context.Context, one thing) error { released = append(released, one.ID); return nil }
		})
		q.Start()
		time.Sleep(time.Second)
		before := time.Now()
		q.Stop()
		require.Equal(t, 5*time.Second, time.Since(before))
		require.Equal(t, []string{"short"}, w.did())
		require.Equal(t, []string{"long"}, released)
		w.put("a", "", "later")
		time.Sleep(time.Minute)
		require.Equal(t, []string{"short"}, w.did(), "nothing more is taken")
	})
}

func TestWorkThatDoesNotEndDoesNotKeepStop(t *testing.T) {
	played(t, func(w *world) {
		w.put("a", "", "one")
		release := make(chan struct{})
		q := w.replica(func(context.Context, thing, *queue.Lease) error { <-release; return nil })
		q.Start()
		time.Sleep(time.Second)
		before := time.Now()
		q.Stop()
		require.Equal(t, 5*time.Second, time.Since(before))
		close(release)
	})
}

func TestReplicasShareTheWork(t *testing.T) {
	played(t, func(w *world) {
		for n := range 40 {
			w.put("a", string(rune('a'+n%4)), "thing "+string(rune('A'+n)))
		}
		var all []*queue.Queue[thing]
		for range 3 {
			q := w.replica(instant(w))
			q.Start()
			all = append(all, q)
		}
		time.Sleep(10 * time.Second)
		did := w.did()
		slices.Sort(did)
		require.Len(t, did, 40)
		require.Len(t, slices.Compact(did), 40, "each once")
		for _, q := range all {
			q.Stop()
		}
	})
}

func TestWorkersGoOnAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looked atomic.Int32
		w := &queue.Workers{Name: "working", Log: slog.New(slog.DiscardHandler), N: 1, Poll: time.Second, Next: func(context.Context) (bool, error) {
			if looked.Add(1) == 1 {
				panic("a fault of ours")
			}
			return false, nil
		}}
		w.Start()
		time.Sleep(1500 * time.Millisecond)
		require.EqualValues(t, 2, looked.Load())
		w.Wake()
		synctest.Wait()
		require.EqualValues(t, 3, looked.Load())
		w.Stop()
	})
}

// TestWorkersWakeEachOther: one that found something has a colleague look too,
// until there is nothing left.
func TestWorkersWakeEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left, at, most atomic.Int32
		w := &queue.Workers{Name: "working", Log: slog.New(slog.DiscardHandler), N: 4, Poll: time.Hour, Next: func(context.Context) (bool, error) {
			if left.Add(-1) < 0 {
				return false, nil
			}
			most.Store(max(most.Load(), at.Add(1)))
			time.Sleep(time.Second)
			at.Add(-1)
			return true, nil
		}}
		w.Start()
		synctest.Wait()
		left.Store(12)
		w.Wake()
		time.Sleep(time.Minute)
		require.Negative(t, left.Load())
		require.EqualValues(t, 4, most.Load())
		w.Stop()
	})
}

func TestWaitsGrowToTheLast(t *testing.T) {
	w := queue.Waits{time.Second, time.Minute}
	for failures, want := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: time.Minute, 9: time.Minute} {
		for range 100 {
			require.InDelta(t, want, w.After(failures), float64(want)/10)
		}
	}
}
