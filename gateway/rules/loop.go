package rules

import (
	"strings"
	"time"

	"ringback/settings/text"
)

// LoopPause is how long a contact that looks like a machine gets no automatic
// message.
const LoopPause = time.Hour

// echo is how soon after our reply an answer is too quick for a person.
const echo = 2 * time.Second

// looping reports whether this message looks like another machine's: it says
// our own last automated text, however old, or it is the second of two identical
// ones that each came within two seconds of a reply of ours.
func looping(s Situation) bool {
	heard := strings.TrimSpace(s.Event.Text)
	if heard == "" {
		return false
	}
	if strings.TrimSpace(text.SameLinks(s.Echo)) == text.SameLinks(heard) {
		return true
	}
	if !followsReply(s.Recent, s.Event.At) {
		return false
	}
	for _, said := range s.Recent {
		if said.Author == "customer" && strings.TrimSpace(said.Text) == heard && followsReply(s.Recent, said.At) {
			return true
		}
	}
	return false
}

// followsReply reports whether one of our automatic messages went out at most
// two seconds before the instant. Meta tells whole seconds: what was written in the
// second of our message counts as written after it.
func followsReply(said []Said, at time.Time) bool {
	wholeSecond := at.Equal(at.Truncate(time.Second))
	for _, m := range said {
		sent := m.At
		if wholeSecond {
			sent = sent.Truncate(time.Second)
		}
		if gap := at.Sub(sent); m.Author == "automation" && gap >= 0 && gap <= echo {
			return true
		}
	}
	return false
}
