package rules

import (
	"time"

	"ringback/channels"
	"ringback/settings/automations"
)

// Rule is one automation's part in deciding.
type Rule struct {
	Key string             // settings/automations has its title, doc and options
	On  channels.EventKind // the events it could answer
	// Asks is, on Asked, the kind of request that it words.
	Asks string

	// Fits says whether this event is one that the automation is for. If not,
	// the reason says why, and the next rule is asked. It is asked before
	// anybody looks whether the automation is switched on.
	Fits func(Situation) (Reason, bool)

	// Suppress says whether the automation's own memory or manners keep it
	// silent although it fits; an empty reason means it speaks. Silence here
	// ends the search.
	Suppress func(Situation) Reason
}

// Doc is when the automation goes out, in words for an admin.
func (r Rule) Doc() string {
	d, _ := automations.Find(r.Key)
	return d.Doc
}

// advisorQuiet is how long after an advisor's own words the gateway keeps out
// of the conversation.
const advisorQuiet = 5 * time.Minute

func advisorActive(s Situation) bool {
	at := s.Contact.AdvisorAt
	return !at.IsZero() && s.Event.At.Sub(at) < advisorQuiet
}
