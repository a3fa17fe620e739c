package jetstream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	js "github.com/nats-io/nats.go/jetstream"

	"ringback/gateway/spool"
)

// First are the oldest, about n. The error is spool.ErrElsewhere while another process
// plays them.
func (s *Spool) First(n int) ([]spool.Entry, error) {
	s.playing.Lock()
	defer s.playing.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	l, err := s.linked()
	if err != nil {
		return nil, err
	}
	if err := s.hold(l); err != nil {
		return nil, err
	}
	info, err := l.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	var first []spool.Entry
	for number := info.State.FirstSeq; number <= info.State.LastSeq && len(first) < n; number++ {
		message, err := l.stream.GetMsg(ctx, number)
		if errors.Is(err, js.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("spool: %w", err)
		}
		for _, data := range unpack(message.Data) {
			first = append(first, spool.Entry{Number: number, Data: data})
		}
	}
	return first, nil
}

// hold makes sure that this process is the one that plays: the consumer hands out one
// message, and the next one only when that is out of the stream, or whoever has it has
// said nothing for too long.
func (s *Spool) hold(l *link) error {
	if s.held != nil && time.Since(s.since) > holds/3 {
		if time.Since(s.since) > holds || s.held.InProgress() != nil {
			s.held = nil // somebody else may have it
		} else {
			s.since = time.Now()
		}
	}
	if s.held != nil {
		return nil
	}
	asked := time.Now()
	handed, err := l.player.Fetch(1, js.FetchMaxWait(answers/4))
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	for message := range handed.Messages() {
		s.held, s.since = message, asked
	}
	switch {
	case s.held != nil:
		return nil
	case handed.Error() != nil:
		return fmt.Errorf("spool: %w", handed.Error())
	}
	return spool.ErrElsewhere
}

// Forget takes out all up to a number: they are in Postgres.
func (s *Spool) Forget(through uint64) error {
	s.playing.Lock()
	defer s.playing.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	l, err := s.linked()
	if err != nil {
		return err
	}
	if err := l.stream.Purge(ctx, js.WithPurgeSequence(through+1)); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.mu.Lock()
	s.changes++ // what was looked up before is over
	s.mu.Unlock()
	if s.held != nil {
		_ = s.held.Ack() // it is out; should this be lost, the next one is handed out later
		s.held = nil
	}
	s.look(ctx)
	return nil
}

// pack puts things into as few messages as they fit into, each with its length.
func pack(things [][]byte, most int) [][]byte {
	var messages [][]byte
	var open []byte
	for _, data := range things {
		if len(open) > 0 && len(open)+binary.MaxVarintLen64+len(data) > most {
			messages, open = append(messages, open), nil
		}
		open = append(binary.AppendUvarint(open, uint64(len(data))), data...)
	}
	if len(open) > 0 {
		messages = append(messages, open)
	}
	return messages
}

// unpack is what pack put in. What is no message of ours is one thing, for people to
// look at.
func unpack(message []byte) [][]byte {
	var things [][]byte
	for rest := message; len(rest) > 0; {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return [][]byte{message}
		}
		things, rest = append(things, rest[n:n+int(size)]), rest[n+int(size):] //nolint:gosec // it fits, by the line before
	}
	return things
}
