package console

import (
	"slices"

	"ringback/gateway/inbox"
)

// scene is one thing on a ticket's page, or several that say nothing to a reader and
// are folded away.
type scene struct {
	inbox.Entry
	Quiet []inbox.Entry
}

// Standing is the state of a message that goes out later, or was to.
func (s scene) Standing() string {
	if s.State == nil {
		return ""
	}
	return *s.State
}

// routine are the reasons of a decision to say nothing that nobody has to read: the
// conversation simply went on.
var routine = []string{
	"ticket_open", "ticket_reopened", "open", "open_now", "other_channel", "other_outcome", "answer", "already_answered", "aside",
	"advisor_active", "customer_reached", "already_sent", "too_short", "disabled", "ticket_closed",
}

// Story is the timeline without the decisions that stand with their message, and with
// routine silence folded away.
func (p ticketPage) Story() []scene {
	var story []scene
	for _, e := range p.Timeline {
		if e.Type != "decision" {
			story = append(story, scene{Entry: e})
			continue
		}
		if e.Outcome == "sent" {
			continue
		}
		if !slices.Contains(routine, e.Reason) || e.Outcome == "deferred" {
			story = append(story, scene{Entry: e})
			continue
		}
		if last := len(story) - 1; last >= 0 && len(story[last].Quiet) > 0 {
			story[last].Quiet = append(story[last].Quiet, e)
			continue
		}
		story = append(story, scene{Quiet: []inbox.Entry{e}})
	}
	return story
}
