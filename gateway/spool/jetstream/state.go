package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	js "github.com/nats-io/nats.go/jetstream"

	"ringback/gateway/spool"
)

// State says what the stream holds, for whichever process: what came together is
// counted once. It is half a second old at the most.
func (s *Spool) State() spool.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Probe finds out whether the servers answer again.
func (s *Spool) Probe() {
	ctx, cancel := context.WithTimeout(context.Background(), answers)
	defer cancel()
	s.look(ctx)
}

// watch looks again and again.
func (s *Spool) watch(ctx context.Context) {
	every := time.NewTicker(looks)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			looking, cancel := context.WithTimeout(ctx, answers)
			s.look(looking)
			cancel()
		}
	}
}

// look asks what the stream holds. What this process has put in meanwhile the answer
// may not know of: then it is not believed.
func (s *Spool) look(ctx context.Context) {
	l := s.link.Load()
	if l == nil {
		return // it is being looked for
	}
	s.mu.Lock()
	before := s.changes
	s.mu.Unlock()
	info, err := l.stream.Info(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.state.Fault = fmt.Errorf("spool: %w", away(err))
		return
	}
	if before != s.changes {
		return
	}
	now := stateOf(info)
	if errors.Is(s.state.Fault, spool.ErrFull) && now.Count >= s.state.Count {
		now.Fault = s.state.Fault
	}
	s.state = now
}

func stateOf(info *js.StreamInfo) spool.State {
	state := spool.State{Count: int(info.State.Msgs), Bytes: int64(info.State.Bytes)} //nolint:gosec // below SPOOL_LIMIT_MB
	if state.Count > 0 {
		state.Oldest = info.State.FirstTime
	}
	return state
}

// fault remembers why an append failed.
func (s *Spool) fault(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Fault = err
	return fmt.Errorf("spool: %w", err)
}

// Close lets another process play, and goes.
func (s *Spool) Close() error {
	s.stop()
	s.looking.Wait()
	s.playing.Lock()
	defer s.playing.Unlock()
	l := s.link.Load()
	if l == nil {
		return nil
	}
	if s.held != nil {
		_ = s.held.Nak()
		_ = l.conn.FlushTimeout(answers)
	}
	l.conn.Close()
	return nil
}
