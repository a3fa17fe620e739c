package twilio

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Change is one thing that happened. Message is set when one came or moved,
// Call when one began, went on or ended, Callback when one was sent; Missed says that changes were dropped here
// because nobody read them, so that whoever shows them has to load all anew.
type Change struct {
	At       time.Time  `json:"at"`
	Message  *Message   `json:"message,omitempty"`
	Call     *CallState `json:"call,omitempty"`
	Callback *Callback  `json:"callback,omitempty"`
	Missed   bool       `json:"missed,omitempty"`
}

// State is all that the simulator remembers, oldest first: messages of both
// directions, calls and the callbacks that were sent.
type State struct {
	Messages  []Message
	Calls     []CallState
	Callbacks []Callback
}

// State is a copy of everything as it is now.
func (s *Simulator) State() State {
	state, _ := s.state()
	return state
}

func (s *Simulator) state() (State, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Messages: make([]Message, len(s.log)), Callbacks: slices.Clone(s.callbacks)}
	for i, e := range s.log {
		state.Messages[i] = e.Message
	}
	for _, c := range s.calls {
		state.Calls = append(state.Calls, c.snapshot())
	}
	return state, s.changed
}

// Wait returns when the condition holds, looking at every change, or with the
// context's error when that ends first.
func (s *Simulator) Wait(ctx context.Context, holds func(State) bool) error {
	for {
		state, changed := s.state()
		if holds(state) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting on the simulator with %d messages and %d callbacks: %w",
				len(state.Messages), len(state.Callbacks), ctx.Err())
		}
	}
}

// subscriber is somebody who reads changes at its own pace.
type subscriber struct {
	changes chan Change
	missed  bool // it has been told that it missed some, and the channel is still full
}

// Subscribe tells all changes from now on. Who reads too slowly gets a Change
// with Missed in place of those that found no room; nobody waits for it. The
// channel is closed by cancel, which may be called more than once, and by Close.
func (s *Simulator) Subscribe() (changes <-chan Change, cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := &subscriber{changes: make(chan Change, 256)}
	s.subscribers[sub] = true
	if s.closed {
		s.unsubscribe(sub)
	}
	return sub.changes, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.unsubscribe(sub)
	}
}

// unsubscribe ends a subscription. The caller holds s.mu.
func (s *Simulator) unsubscribe(sub *subscriber) {
	if s.subscribers[sub] {
		delete(s.subscribers, sub)
		close(sub.changes)
	}
}

// tell lets everybody know of a change. The caller holds s.mu, so that nothing
// else writes to the channels and the room that is seen is still there.
func (s *Simulator) tell(c Change) {
	close(s.changed)
	s.changed = make(chan struct{})
	for sub := range s.subscribers {
		room := cap(sub.changes) - len(sub.changes)
		switch {
		case room > 1:
			sub.missed = false
			sub.changes <- c
		case !sub.missed:
			sub.missed = true // the last place is for saying so
			sub.changes <- Change{At: c.At, Missed: true}
		}
	}
}
