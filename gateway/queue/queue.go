// Package queue works on whatever is due: it looks for it, takes it, tries it
// again and lets nobody wait for somebody else's trouble. Each table keeps its
// own SQL for what is due; here is what all of them share.
//
// The hard decision: work that calls the outside is held by a short lease that
// is renewed while it goes on, and that has to cover a request before the
// request leaves. A lease as long as the longest work would leave what a crash
// cut off lying about for as long; a shorter one that is not renewed lets a
// second worker repeat what the first is still at; and a lock held by an open
// transaction pins a connection to each provider that hangs. Work that stays
// in the database has no such choice to make: its lock ends with it, and it is
// for Workers.
//
// What a claim takes is counted for each key, an account at a provider or a
// host, so that one of them that hangs fills its own slots and no others.
package queue

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/lib/pq"

	"ringback/gateway/rounds"
)

// Config is what a queue of things of type T is made of.
type Config[T any] struct {
	Name   string // for the log: sending deliveries
	Log    *slog.Logger
	Rounds *rounds.Rounds // hears of each; nil: nobody asks
	Slots  int            // at work at once
	Each   int            // of them for one key; 0: all
	Poll   time.Duration  // how often to look for what nobody told us of; 0: a second
	Lease  time.Duration
	Grace  time.Duration // how long Stop lets what is in hand go on
	// Gather is how long the next claim waits after one that left room: meanwhile more
	// gather for it. 0: it does not wait.
	Gather time.Duration

	// Claim takes due things in one commit, no more than there is room for, and
	// leases them by the database's clock.
	Claim func(ctx context.Context, room Room) ([]T, error)
	// Renew has a lease run anew from now on; false: somebody else has the thing.
	Renew func(ctx context.Context, thing T) (bool, error)
	Key   func(thing T) string // what it shares its slots with; nil: everything
	// Work does the thing and notes what came of it, its failures too. An error
	// is trouble of our own: it counts against nothing, and when the lease has
	// run out the thing is taken up again.
	Work func(ctx context.Context, thing T, lease *Lease) error
	// Panicked notes a panic as the thing's own failure, so that it is put off
	// and in the end given up.
	Panicked func(ctx context.Context, thing T, cause error) error
	// Release puts back what Stop cut off; nil: its lease runs out.
	Release func(ctx context.Context, thing T) error
}

// Room is what a claim may take, in the form that SQL wants it in.
type Room struct {
	Free int            // slots
	Each int            // the most at work for one key
	Keys pq.StringArray // those that something is at work for
	Used pq.Int64Array  // and how much
}

// statement bounds the database's part in a step.
const statement = 10 * time.Second

// cutOff is how long Stop waits for what it has cut off.
const cutOff = 5 * time.Second

// Queue works on what is due in one process.
type Queue[T any] struct {
	Config[T]
	wake signal

	look, work       context.Context //nolint:containedctx // of the goroutines that Start begins
	endLook, endWork context.CancelFunc
	looking, working sync.WaitGroup

	mu       sync.Mutex
	used     map[string]int // slots, by key
	inHand   int
	claiming bool
}

// New prepares a queue; Start sets it to work.
func New[T any](c Config[T]) *Queue[T] {
	c.Poll, c.Each = cmp.Or(c.Poll, time.Second), cmp.Or(c.Each, c.Slots)
	if c.Key == nil {
		c.Key = func(T) string { return "" }
	}
	q := &Queue[T]{Config: c, wake: newSignal(), used: map[string]int{}}
	q.look, q.endLook = context.WithCancel(context.Background())
	q.work, q.endWork = context.WithCancel(context.Background())
	return q
}

// Start looks for work until Stop.
func (q *Queue[T]) Start() {
	q.looking.Go(func() { beat(q.look, q.wake, q.Poll) })
	q.looking.Go(func() { run(q.look, q.Log, q.Name, q.wake, q.turn, func() {}) })
}

// Wake has the queue look at once.
func (q *Queue[T]) Wake() { q.wake.send() }

// Busy is how many things are in hand, or may be by the claim under way.
func (q *Queue[T]) Busy() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.claiming {
		return q.inHand + 1
	}
	return q.inHand
}

// Stop takes nothing more, lets what is in hand go on for the grace, and then
// cuts it off.
func (q *Queue[T]) Stop() {
	q.endLook()
	q.looking.Wait()
	done := make(chan struct{})
	go func() { q.working.Wait(); close(done) }()
	if !within(done, q.Grace) {
		q.endWork()
		if !within(done, cutOff) {
			q.Log.Error(q.Name+": what was cut off does not end", "in hand", q.Busy())
		}
	}
	q.endWork()
}

func within(done <-chan struct{}, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// Drain works on what is due, one after the other, until nothing is. It needs
// no Start, and takes no notice of what that has begun.
func (q *Queue[T]) Drain(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := q.One(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}

// One works on one thing that is due, as Drain does; false: nothing is.
func (q *Queue[T]) One(ctx context.Context) (bool, error) {
	things, since, err := q.claim(ctx, Room{Free: 1, Each: q.Each})
	if err != nil || len(things) == 0 {
		return false, err
	}
	return true, q.do(ctx, things[0], q.lease(things[0], since))
}

// turn is a round: next, of which the rounds hear.
func (q *Queue[T]) turn(ctx context.Context) (bool, error) {
	q.Rounds.Turn(q.Name, q.Poll)
	found, full, err := q.next(ctx)
	if q.Gather > 0 && !full {
		wait(ctx, q.Gather)
	}
	return found, err
}

// next claims as much as there is room for and sets to work on it side by side. Full: no
// room is left.
func (q *Queue[T]) next(ctx context.Context) (found, full bool, err error) {
	room := q.room()
	defer q.settled()
	if room.Free == 0 {
		return false, true, nil
	}
	things, since, err := q.claim(ctx, room)
	for _, thing := range things {
		key := q.Key(thing)
		q.take(key, 1)
		q.working.Go(func() {
			defer q.Wake() // for what waited for the slot, or for this thing
			defer q.take(key, -1)
			if err := q.do(q.work, thing, q.lease(thing, since)); err != nil {
				q.Log.Error(q.Name+" failed, trying again", "error", err)
			}
		})
	}
	return len(things) > 0, len(things) == room.Free, err
}

// wait is over when the time is, or the context.
func wait(ctx context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// claim also returns the time from which on the leases run: the database's
// begin a little later, never before.
func (q *Queue[T]) claim(ctx context.Context, room Room) ([]T, time.Time, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement) // half a claim would be nobody's
	defer cancel()
	since := time.Now()
	things, err := q.Claim(ctx, room)
	return things, since, err
}

func (q *Queue[T]) lease(thing T, since time.Time) *Lease {
	return &Lease{length: q.Lease, since: since, renew: func(ctx context.Context) (bool, error) { return q.Renew(ctx, thing) }}
}

func (q *Queue[T]) room() Room {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.claiming = true
	room := Room{Free: q.Slots - q.inHand, Each: q.Each}
	for key, n := range q.used {
		room.Keys, room.Used = append(room.Keys, key), append(room.Used, int64(n))
	}
	return room
}

func (q *Queue[T]) settled() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.claiming = false
}

func (q *Queue[T]) take(key string, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inHand += n
	if q.used[key] += n; q.used[key] == 0 {
		delete(q.used, key)
	}
}
