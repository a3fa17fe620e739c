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
	before, answered := s.changes, s.answered
	s.mu.Unlock()
	info, err := l.stream.Info(ctx)
	if err != nil {
		l.elsewhere(err, answered)
		s.unanswered(time.Now(), fmt.Errorf("spool: %w", away(err)))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered = time.Now()
	if before != s.changes {
		return
	}
	now := stateOf(info)
	if errors.Is(s.state.Fault, spool.ErrFull) && now.Count >= s.state.Count {
		now.Fault = s.state.Fault
	}
	s.state = now
}

// unanswered says that the servers are away when they have not answered for as long as an
// append waits: until then they may be looking for a new leader.
func (s *Spool) unanswered(now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.answered) > within {
		s.state.Fault = err
	}
}

// patience is how long an append waits: for what comes later no longer than for what came
// when the servers fell silent, so that all are refused before their senders give up.
func (s *Spool) patience(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(briefly, within-now.Sub(s.answered))
}

func stateOf(info *js.StreamInfo) spool.State {
	state := spool.State{Count: int(info.State.Msgs), Bytes: int64(info.State.Bytes)} //nolint:gosec // below SPOOL_LIMIT_MB
	if state.Count > 0 {
		state.Oldest = info.State.FirstTime
	}
	return state
}

// fault remembers why an append failed, unless it only was too short for servers that look
// for a new leader.
func (s *Spool) fault(err error) error {
	if errors.Is(err, spool.ErrAway) {
		s.unanswered(time.Now(), err)
		return fmt.Errorf("spool: %w", err)
	}
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
