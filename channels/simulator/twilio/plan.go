package twilio

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Plan is what happens to a message after it was taken. The order in which
// the callbacks are sent is that of the steps' After.
type Plan []Step

// Step is one state that a message comes to.
type Step struct {
	Status string        // "sent", "delivered", "undelivered", "failed", "read" …
	Code   int           // Twilio's error code with "failed" and "undelivered"
	After  time.Duration // since the create
	Times  int           // how often the callback is sent; 0 is once
	Lost   bool          // it happens, but the callback never comes
	Early  bool          // the callback comes before the create is answered
}

// Usual is the plan of a message that fares as these words say, one every
// delay: Usual(time.Second, "sent", "delivered").
func Usual(delay time.Duration, statuses ...string) Plan {
	var plan Plan
	for i, status := range statuses {
		plan = append(plan, Step{Status: status, After: time.Duration(i+1) * delay})
	}
	return plan
}

// Ending is the plan of a message that is sent and then ends in status with
// an error code, or that ends at once when it fails.
func Ending(delay time.Duration, status string, code int) Plan {
	if status == "failed" {
		return Plan{{Status: status, Code: code, After: delay}}
	}
	return append(Usual(delay, "sent"), Step{Status: status, Code: code, After: 2 * delay})
}

// Outcome sets what happens to messages to a customer from now on. A nil plan
// goes back to the usual; an empty one leaves them queued for ever.
func (s *Simulator) Outcome(to string, plan Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if plan == nil {
		delete(s.outcomes, to)
		return
	}
	s.outcomes[to] = plan
}

// plan chooses a message's plan, sorted. The caller holds s.mu.
func (s *Simulator) plan(m Message) Plan {
	delay := s.config.CallbackDelay
	plan, chosen := s.outcomes[m.To]
	magic, known := magicPlans[bare(m.To)]
	if len(m.Media) > 0 && !known {
		magic, known = failedMedia[bare(m.To)]
	}
	if m.ContentSID == "" && !known {
		magic, known = failedFreeText[bare(m.To)]
	}
	switch {
	case s.blocked[pair{m.Account, m.From, m.To}]:
		plan = Ending(delay, "failed", 21610)
	case chosen:
	case known:
		plan = magic(delay)
	case onWhatsApp(m.To) && refusedContent[s.contents[m.ContentSID].status] != 0:
		plan = Ending(delay, "failed", refusedContent[s.contents[m.ContentSID].status])
	case onWhatsApp(m.To) && m.ContentSID == "" && !s.windowOpen(m):
		plan = Ending(delay, "failed", 63016)
	case onWhatsApp(m.To), onRCS(m.To):
		plan = Usual(delay, "sent", "delivered", "read")
	default:
		plan = Usual(delay, "sent", "delivered")
	}
	return slices.SortedStableFunc(slices.Values(plan), func(a, b Step) int {
		return cmp.Compare(a.After, b.After)
	})
}

// windowOpen reports whether the customer wrote to this sender within the last
// 24 hours, as WhatsApp demands of free text. The caller holds s.mu.
func (s *Simulator) windowOpen(m Message) bool {
	since := s.config.Clock.Now().Add(-24 * time.Hour)
	return slices.ContainsFunc(s.log, func(e *entry) bool {
		return e.Direction == Inbound && e.From == m.To && e.To == m.From && e.Created.After(since)
	})
}

// begin starts a new message on its plan: the early steps happen here, before
// the create is answered, the others by themselves or with Deliver.
func (s *Simulator) begin(ctx context.Context, sid string, plan Plan) {
	var later []Step
	for _, step := range plan {
		if step.Early {
			s.play(ctx, sid, step)
		} else {
			later = append(later, step)
		}
	}
	if s.auto.Load() {
		s.background(func() { s.playAll(sid, later) })
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.bySID[sid]; ok {
		e.steps = later
	}
}

// playAll is a message's life in a demo. The delays are real ones: the clock
// may be stopped, or jump.
func (s *Simulator) playAll(sid string, steps []Step) {
	start := time.Now()
	for _, step := range steps {
		select {
		case <-s.life.Done():
			return
		case <-time.After(step.After - time.Since(start)):
			s.play(s.life, sid, step)
		}
	}
}
