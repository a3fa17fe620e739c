package whatsapp

import (
	"ringback/channels"
)

// userIDUpdate is the field under which Meta tells that a user's ids have
// changed, where it does not say so by a system message.
const userIDUpdate = "user_id_update"

// changed is an id before and after, or the new one alone.
type changed struct {
	Previous word `json:"previous"`
	Current  word `json:"current"`
}

// UnmarshalJSON never fails.
func (c *changed) UnmarshalJSON(raw []byte) error {
	type plain changed
	if lenient(raw, (*plain)(c)) != nil {
		_ = c.Current.UnmarshalJSON(raw)
	}
	return nil
}

// newIDs are the people whose ids have changed, as system messages. What cannot
// be read is kept.
func (c change) newIDs() []channels.Event {
	updates := c.Value.UserIDs
	people := readPeople(c.Value.Contacts)
	var events []channels.Event
	for _, raw := range updates {
		var u struct {
			WaID           word    `json:"wa_id"`
			Detail         word    `json:"detail"`
			UserID         changed `json:"user_id"`
			Parent         changed `json:"parent_user_id"`
			Previous       word    `json:"previous_user_id"`
			PreviousParent word    `json:"previous_parent_user_id"`
			Timestamp      word    `json:"timestamp"`
		}
		if lenient(raw, &u) != nil {
			events = append(events, c.noted(raw))
			continue
		}
		s := system{
			Body: u.Detail, Type: userIDUpdate, UserID: u.UserID.Current, Parent: u.Parent.Current,
			Previous: first(u.UserID.Previous, u.Previous), PreviousParent: first(u.Parent.Previous, u.PreviousParent),
		}
		was, wasParent := s.before()
		p := who(people, u.WaID, s.UserID)
		theirs, also := addresses(first(u.WaID, p.WaID), was, wasParent, s.UserID, s.Parent)
		if len(also) == 0 || c.account() == "" {
			events = append(events, c.noted(raw))
			continue
		}
		m := message{Type: "system", System: s, Timestamp: u.Timestamp}
		e := c.noted(raw)
		e.Kind, e.CustomerAddress, e.Also, e.At, e.Message = channels.MessageReceived, theirs, also, instant(u.Timestamp), m.read(p)
		events = append(events, e)
	}
	if len(events) == 0 {
		return []channels.Event{c.noted(c.raw)}
	}
	return events
}
