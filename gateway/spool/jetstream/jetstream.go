// Package jetstream is a spool on three NATS servers: what was acknowledged while
// Postgres is away is not lost with a machine, either.
//
// The hard decision: the servers are asked at the start whether each of them waits
// for its disk before it says that it has a thing (sync_interval: always), and a spool
// on others is refused. By default they say so two minutes before it is true, and a
// power cut takes all three along. A client is not told; their monitoring addresses are.
//
// What comes together is one message, so that it is kept whole or not at all. The
// processes of an installation share the stream, and one of them at a time plays it:
// who holds the one delivery that the stream's consumer allows. Should two play after
// all, each takes out only what it has brought, and Postgres knows what comes twice.
package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	js "github.com/nats-io/nats.go/jetstream"

	"ringback/gateway/spool"
)

// An append is tried again for within, and one try takes answers at the most: servers
// whose leader died begin to choose another after four to nine seconds, and a provider
// waits for fifteen. looks is how old may be what is known of the stream, and holds how
// long a process that died keeps others from playing.
const (
	within  = 12 * time.Second
	answers = 2 * time.Second
	briefly = time.Second // for an append, once they have been silent for longer
	pause   = 100 * time.Millisecond
	looks   = 500 * time.Millisecond
	holds   = 10 * time.Second
)

// room is how much of a message is left to what NATS adds.
const room = 16 << 10

// Spool is the log that the processes of an installation share. It is safe for use by
// many goroutines.
type Spool struct {
	at      Address
	limit   int64
	log     *slog.Logger
	link    atomic.Pointer[link] // nil: the servers were not there yet
	refused chan error
	stop    context.CancelFunc
	looking sync.WaitGroup

	playing sync.Mutex
	held    js.Msg    // by which this process plays, and nobody else; nil: it does not
	since   time.Time // the servers know that it does

	mu       sync.Mutex
	answered time.Time // when the servers last said what the stream holds, or kept something
	state    spool.State
	changes  int // of state by this process, by which an older look is known
}

// linked is the way to the servers, if it was found.
func (s *Spool) linked() (*link, error) {
	if l := s.link.Load(); l != nil {
		return l, nil
	}
	return nil, fmt.Errorf("spool: %w", spool.ErrAway)
}

// Append keeps things in order and returns when a majority of the servers has them on
// disk. While they look for a new leader it waits; once it is known that they are away it
// tries briefly. The errors are spool.ErrFull, spool.ErrAway and others of the servers.
func (s *Spool) Append(things [][]byte, at time.Time) error {
	return s.append(things, at, s.patience(time.Now()))
}

// AppendLast is Append for a caller on the phone, who is not kept waiting for a leader: the
// servers keep no room for anything.
func (s *Spool) AppendLast(things [][]byte, at time.Time) error {
	return s.append(things, at, answers)
}

func (s *Spool) append(things [][]byte, at time.Time, within time.Duration) error {
	l, err := s.linked()
	if err != nil {
		return err
	}
	for _, message := range pack(things, int(l.conn.MaxPayload())-room) {
		if err := l.publish(message, within); err != nil {
			return s.fault(err)
		}
		s.mu.Lock()
		if s.state.Count == 0 {
			s.state.Oldest = at
		}
		s.state.Count, s.state.Bytes, s.state.Fault = s.state.Count+1, s.state.Bytes+int64(len(message)), nil
		s.answered = time.Now()
		s.changes++
		s.mu.Unlock()
	}
	return nil
}

// publish tries again under the same id: the servers know what they have already.
func (s *link) publish(message []byte, within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	id, began := uuid.Must(uuid.NewV7()).String(), time.Now()
	for {
		trying, cancel := context.WithTimeout(ctx, answers)
		_, err := s.js.Publish(trying, s.subject, message, js.WithMsgID(id), js.WithRetryAttempts(0))
		cancel()
		var refused *js.APIError
		switch {
		case err == nil:
			return nil
		case errors.Is(err, nats.ErrMaxPayload):
			return err
		case errors.As(err, &refused) && (refused.ErrorCode == errNoRoom || strings.Contains(refused.Description, "maximum bytes exceeded")):
			return fmt.Errorf("%w: %w", spool.ErrFull, err)
		}
		s.elsewhere(err, began)
		select {
		case <-ctx.Done():
			return away(err)
		case <-time.After(pause):
		}
	}
}

// errNoRoom is what the servers say when they have no room for more.
const errNoRoom js.ErrorCode = 10047
