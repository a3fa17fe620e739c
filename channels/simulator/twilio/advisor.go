package twilio

import "time"

// Advisor is what happens when a phone of the company's own people is rung.
type Advisor struct {
	After  time.Duration // how long it rings until it is answered, or busy
	Ends   string        // "busy", "no-answer" or "failed"; empty: it is answered
	Keys   string        // pressed when a whisper asks for keys; empty: none, as a mobile's voicemail does
	Leaves bool          // hangs up as soon as it hears a whisper
	Talks  time.Duration // then hangs up; 0: the caller has to
}

// everyone answers after three seconds, accepts, and talks for half a minute.
var everyone = Advisor{After: 3 * time.Second, Keys: "1", Talks: 30 * time.Second}

// magicAdvisors are those who always do the same: see the package's table.
var magicAdvisors = map[string]Advisor{
	"+15005557001": everyone,
	"+15005557002": {After: 5 * time.Second, Talks: 20 * time.Second},
	"+15005557003": {After: 2 * time.Second, Ends: "busy"},
	"+15005557004": {Ends: "no-answer"},
	"+15005557005": {After: time.Second, Ends: "failed"},
	"+15005557006": {After: 8 * time.Second, Ends: "busy"},
	"+15005557007": {After: 3 * time.Second, Keys: "2", Talks: 20 * time.Second},
	"+15005557008": {After: 3 * time.Second, Leaves: true},
	"+15005557009": {After: 15 * time.Second, Keys: "1", Talks: 30 * time.Second},
}

// Advisor sets what happens when a number is rung, from now on; the empty
// number stands for all that have nothing of their own.
func (s *Simulator) Advisor(number string, a Advisor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advisors[number] = a
}

func (s *Simulator) advisor(number string) Advisor {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.advisors[number]; ok {
		return a
	}
	if a, ok := magicAdvisors[number]; ok {
		return a
	}
	if a, ok := s.advisors[""]; ok {
		return a
	}
	return everyone
}
