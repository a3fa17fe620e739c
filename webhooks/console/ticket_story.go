package console

import (
	"slices"

	"ringback/channels"
	"ringback/gateway/inbox"
)

// scene is one thing on the page of a ticket or of a contact, or several that say
// nothing to a reader and are folded away.
type scene struct {
	inbox.Entry
	Quiet    []inbox.Entry
	Home     string      // the address of its ticket's page; empty: it stands on none
	Assignee string      // of a ticket that was handed over, whose it became
	On       *ticketPage // its ticket's page; nil: it is on a contact's
}

// Standing is the state of a message that goes out later, or was to.
func (s scene) Standing() string {
	if s.State == nil {
		return ""
	}
	return *s.State
}

// remarks are the kinds of messages of which the words alone do not tell what they are.
var remarks = []channels.MessageKind{
	channels.ReactionMessage, channels.EditMessage, channels.RevokeMessage, channels.WelcomeMessage, channels.PermissionMessage,
}

// Remark is what a message is that is no ordinary one; empty: it is.
func (s scene) Remark() string {
	if slices.Contains(remarks, channels.MessageKind(s.Kind)) {
		return s.Kind
	}
	return ""
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
		if e.Type == "decision" && e.Outcome == "sent" {
			continue
		}
		if e.Type == "decision" && slices.Contains(routine, e.Reason) && e.Outcome != "deferred" {
			if last := len(story) - 1; last >= 0 && len(story[last].Quiet) > 0 {
				story[last].Quiet = append(story[last].Quiet, e)
				continue
			}
			story = append(story, scene{Quiet: []inbox.Entry{e}})
			continue
		}
		story = append(story, scene{Entry: e, Home: p.Home, Assignee: assignee(e, p.Names), On: &p})
	}
	return story
}

// assignee is the name of whom an entry says that the ticket was handed to.
func assignee(e inbox.Entry, names map[string]string) string {
	if e.Change != "assigned" {
		return ""
	}
	return names[e.Detail]
}
