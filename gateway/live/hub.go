// Package live wakes those who watch: browsers with an open stream, on
// whichever replica they are.
//
// The hard decision: a wake-up carries nothing but a name. Who is woken reads
// what is new from the database, from where it left off; so a wake-up that is
// lost, doubled or early does no harm, and those of one moment travel together,
// because Postgres commits notifications one after the other.
package live

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels/guard"
)

const (
	channel = "ringback_live"
	gather  = 20 * time.Millisecond // how long wake-ups wait for each other
	payload = 7000                  // bytes; Postgres takes 8,000
	pending = 4096                  // names that may wait; more are left to the slow look
)

// Hub passes wake-ups on, between those of this process and to the others.
type Hub struct {
	db   *sqlx.DB
	log  *slog.Logger
	out  chan string
	mu   sync.Mutex
	ears map[string]map[chan struct{}]bool
	done chan struct{}
	stop context.CancelFunc
	both sync.WaitGroup

	streams sync.WaitGroup // that were opened before the end
}

// New returns a hub; Start connects it with the other processes.
func New(db *sqlx.DB, log *slog.Logger) *Hub {
	return &Hub{db: db, log: log, out: make(chan string, pending), ears: map[string]map[chan struct{}]bool{}, done: make(chan struct{})}
}

// End tells those who listen that there will be no more.
func (h *Hub) End() {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.done:
	default:
		close(h.done)
	}
}

// Done is closed when there will be no more.
func (h *Hub) Done() <-chan struct{} { return h.done }

// Listen returns a channel that gets something when there is something new
// about the name, and what ends it.
func (h *Hub) Listen(name string) (woken <-chan struct{}, end func()) {
	ear := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ears[name] == nil {
		h.ears[name] = map[chan struct{}]bool{}
	}
	h.ears[name][ear] = true
	return ear, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.ears[name], ear)
		if len(h.ears[name]) == 0 {
			delete(h.ears, name)
		}
	}
}

// Listening is how many listen here.
func (h *Hub) Listening() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, ears := range h.ears {
		n += len(ears)
	}
	return n
}

// Wake wakes all who listen to the name, here at once and elsewhere soon.
func (h *Hub) Wake(name string) {
	h.wake(name)
	select {
	case h.out <- name:
	default: // the others find it at their slow look
	}
}

func (h *Hub) wake(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ear := range h.ears[name] {
		select {
		case ear <- struct{}{}:
		default: // woken already
		}
	}
}

// everybody is woken when something may have been missed.
func (h *Hub) everybody() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ears := range h.ears {
		for ear := range ears {
			select {
			case ear <- struct{}{}:
			default:
			}
		}
	}
}

// Start passes wake-ups between the processes until Stop. Dsn is where the
// notifications are heard, on a connection of its own that the dialer makes.
func (h *Hub) Start(dsn string, dialer pq.Dialer) {
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	h.both.Go(func() { h.goOn(ctx, "waking other processes", func() { h.tell(ctx) }) })
	h.both.Go(func() { h.goOn(ctx, "hearing other processes", func() { h.hear(ctx, dsn, dialer) }) })
}

// afterPanic is how long is waited before what panicked goes on.
const afterPanic = time.Second

// goOn does something until it ends, also after it panicked.
func (h *Hub) goOn(ctx context.Context, what string, do func()) {
	for h.guarded(what, do) != nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(afterPanic):
		}
	}
}

// guarded does something whose panic would end the process.
func (h *Hub) guarded(what string, do func()) error {
	err := guard.Do(func() error { do(); return nil })
	if err != nil {
		h.log.Error(what+" panicked", "error", err)
	}
	return err
}

// Stop ends what Start began, and waits until the streams have come to their end.
func (h *Hub) Stop() {
	h.End()
	if h.stop != nil {
		h.stop()
	}
	h.both.Wait()
	h.streams.Wait()
}

// opens counts a stream, until it says that it is over. After the end none is: nobody may
// begin to wait for one that begins.
func (h *Hub) opens() (over func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.done:
		return func() {}
	default:
		h.streams.Add(1)
		return h.streams.Done
	}
}

// tell sends the wake-ups that gathered, and before it ends those that wait:
// a process that goes leaves nobody asleep.
func (h *Hub) tell(ctx context.Context) {
	for {
		select {
		case name := <-h.out:
			h.notify(name, gather)
		case <-ctx.Done():
			for {
				select {
				case name := <-h.out:
					h.notify(name, 0)
				default:
					return
				}
			}
		}
	}
}

// patience bounds one notification, also of a process that is about to end.
const patience = 5 * time.Second

// telling waits for no disk: what a crash loses is found at the slow look.
const telling = `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`

// notify sends a wake-up with those that come within a moment.
func (h *Hub) notify(first string, moment time.Duration) {
	names, size := map[string]bool{first: true}, len(first)
	ends := time.NewTimer(moment)
	defer ends.Stop()
	for waiting := true; waiting && size < payload; {
		select {
		case name := <-h.out:
			if !names[name] {
				names[name] = true
				size += len(name) + 1
			}
		case <-ends.C:
			waiting = false
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := h.db.ExecContext(ctx, telling, channel, strings.Join(slices.Collect(maps.Keys(names)), " ")); err != nil {
		h.log.Warn("other processes are not woken", "error", err)
	}
}

func (h *Hub) hear(ctx context.Context, dsn string, dialer pq.Dialer) {
	said := func(event pq.ListenerEventType, err error) { // in a goroutine of the driver's
		_ = h.guarded("hearing other processes", func() {
			if err != nil {
				h.log.Warn("wake-ups of other processes are not heard", "error", err)
			}
			if event == pq.ListenerEventReconnected {
				h.everybody()
			}
		})
	}
	listener := pq.NewDialListener(dialer, dsn, time.Second, time.Minute, said)
	defer func() { _ = listener.Close() }()
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })() // Listen waits for a Postgres that is away, as long as that is
	if err := listener.Listen(channel); err != nil && ctx.Err() == nil {
		h.log.Warn("wake-ups of other processes are not heard", "error", err)
	}
	h.everybody() // of what was told before it was listened to
	alive := time.NewTicker(30 * time.Second)
	defer alive.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-alive.C:
			go func() { _ = h.guarded("asking whether the listener is there", func() { _ = listener.Ping() }) }() // a dead peer is noticed; it says so above
		case heard := <-listener.Notify:
			if heard == nil { // the connection was gone for a while
				h.everybody()
				continue
			}
			for _, name := range strings.Fields(heard.Extra) {
				h.wake(name)
			}
		}
	}
}
