package effects

import (
	"time"

	"ringback/channels"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
)

// Changes are the rows that are to be, table by table, each table's in the
// order in which they are to be written. The changes of several events are
// theirs put one behind the other.
type Changes struct {
	Opened     []tickets.NewTicket
	Reopened   []Reopening
	Assigned   []tickets.Assignment
	Withdrawn  []Withdrawal
	Ended      []Ending
	Rerouted   []requests.Request // with the channel on which a plain reply answers them
	Asked      []requests.Request
	Answers    []Answer
	Messages   []messages.Message
	Adopting   []messages.Ticket // that the staff may have answered already
	Files      []Files
	Consents   []contacts.Consent
	Refusals   []Refusal
	Pauses     []Pause
	Spoken     []Spoken
	Calls      []SettledCall
	Recordings []media.Origin // whose the recordings of a call are
	Timers     []events.InternalEvent
	Hooks      []outboundhooks.Event
	Notices    []notifications.Notice
	Deliveries []deliveries.Outgoing
	Decisions  []decisions.Decision
	Released   []decisions.Decision // that waited, with their last word
}

// And is both changes, the second behind the first.
func (c Changes) And(more Changes) Changes {
	return Changes{
		Opened:     append(c.Opened, more.Opened...),
		Reopened:   append(c.Reopened, more.Reopened...),
		Assigned:   append(c.Assigned, more.Assigned...),
		Withdrawn:  append(c.Withdrawn, more.Withdrawn...),
		Ended:      append(c.Ended, more.Ended...),
		Rerouted:   append(c.Rerouted, more.Rerouted...),
		Asked:      append(c.Asked, more.Asked...),
		Answers:    append(c.Answers, more.Answers...),
		Messages:   append(c.Messages, more.Messages...),
		Adopting:   append(c.Adopting, more.Adopting...),
		Files:      append(c.Files, more.Files...),
		Consents:   append(c.Consents, more.Consents...),
		Refusals:   append(c.Refusals, more.Refusals...),
		Pauses:     append(c.Pauses, more.Pauses...),
		Spoken:     append(c.Spoken, more.Spoken...),
		Calls:      append(c.Calls, more.Calls...),
		Recordings: append(c.Recordings, more.Recordings...),
		Timers:     append(c.Timers, more.Timers...),
		Hooks:      append(c.Hooks, more.Hooks...),
		Notices:    append(c.Notices, more.Notices...),
		Deliveries: append(c.Deliveries, more.Deliveries...),
		Decisions:  append(c.Decisions, more.Decisions...),
		Released:   append(c.Released, more.Released...),
	}
}

// Reopening is a ticket that is opened again.
type Reopening struct {
	CompanyID, TicketID string
	At                  time.Time
}

// Withdrawal is that a ticket's customer need not answer any more what they
// were asked of a kind.
type Withdrawal struct {
	CompanyID, TicketID, Kind string
	At                        time.Time
}

// Ending is a request that ends without an answer.
type Ending struct {
	Request requests.Request
	State   string
	At      time.Time
}

// Answer is that a message answers a request.
type Answer struct {
	CompanyID, TeamID, TicketID, RequestID string
	Given                                  *requests.Answer // nil: it is there already, which they were told
	At                                     time.Time
}

// Files are what came with a message and is to be fetched.
type Files struct {
	Origin media.Origin
	Media  []channels.Media
}

// Pause keeps automatic messages from a contact who seems to be a machine.
type Pause struct {
	CompanyID, TeamID, ContactID string
	Until                        time.Time
}

// Refusal is that a contact may have asked for no more texts.
type Refusal struct {
	CompanyID, TeamID, ContactID string
	Said                         contacts.Refusal
}

// Spoken is that an advisor spoke to a contact.
type Spoken struct {
	CompanyID, TeamID, ContactID string
	At                           time.Time
}

// SettledCall is what a call came to.
type SettledCall struct {
	Call       journal.Call
	Settlement journal.Settlement
}
