// Package rules decides. Decide takes a Situation, which is everything there
// is to know, and returns a Decision: what to do, and why, in a word that is
// never empty. Nothing here reads a clock, a database or a network, so the
// live path, the dry run and the tests call the very same function.
//
// The hard decision: an automation does not fire, it is asked. For each event
// the automations that could answer are asked in their fixed order, and the
// first that is on and right for the moment settles it, even when it settles
// it with silence; that is what makes one reply per event a property of the
// code and not of luck.
package rules

import (
	"time"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/schedule"
)

// Situation is all that a decision may depend on.
type Situation struct {
	Now     time.Time
	Event   Event
	Call    Call     // with CallSettled
	Request *Request // what the customer is to be asked for; nil: nothing
	Team    *settings.Snapshot
	Hours   Hours
	Contact Contact
	Ticket  *Ticket // the contact's newest that is not closed, or else the one closed last; nil: there is none
	Recent  []Said  // the last hour between the two, the newest first, without this event
	History History
	Echo    string // our own last automatic text to them, however old
	Spent   Spent
	Told    bool            // the person, or the team, got enough confirmations of words for now
	Reached WhatsAppSession // of a WhatsApp customer

	// Questions are what the customer was asked on the event's channel, and what
	// the event itself names, the newest first: open, answered or taken back.
	Questions []Question
	// Notice is what one of the staff was last told of by text, of which they write;
	// nil: they write of nothing that is on a ticket.
	Notice *Notice
	// Console is where the staff answers customers; empty: nowhere outside.
	Console string
	// AdvisorWrote is when one of the staff last wrote to them in words of their own.
	AdvisorWrote time.Time
	// Heard is when they last wrote or called themselves, within the last hour; zero:
	// longer ago.
	Heard time.Time
}

// Event is what the customer did.
type Event struct {
	Kind    channels.EventKind
	At      time.Time // the customer's moment: what open and closed are judged by
	Channel channels.Kind
	Sender  string // the id of our sender that it came to
	From    string // the customer's address
	Form    channels.MessageKind
	Text    string
	Reply   string          // what a tapped button stands for
	Quotes  bool            // it quotes another message
	Quoted  string          // the id of the request that the quoted message carried; empty: none
	Files   int             // photos and videos that came with it
	OptOut  channels.OptOut // the provider recognized the word and answered it
}

// Hours is how the team's ring schedules stand at the event.
type Hours struct {
	schedule.State
	Since time.Time // when the closed period began; zero: never open, or open now
	Next  time.Time // the next opening; zero: none in sight
}

// Contact is the customer, as far as deciding goes.
type Contact struct {
	Name        string
	Language    string // empty: not known
	Blocked     bool
	OptedOut    bool      // of this team, or of this sender alone
	OptedOutAt  time.Time // when they last said so; zero: they have not
	Staff       string    // the id of the one of the staff whose phone it is; empty: a customer's
	InDoubt     bool      // what they wrote may be an opt-out, and the staff has not said yet whether
	Unreachable bool      // the address is known to take no texts, which says nothing about WhatsApp
	LineType    string    // of the address, as a provider told; empty: nobody knows
	Ours        bool      // the address is a sender of this gateway, of whatever team
	PausedUntil time.Time
	AdvisorAt   time.Time // when an advisor last wrote or spoke to them
}

// Notice is what one of the staff was told of: the ticket that it is about.
type Notice struct {
	Ticket string // its id
	Number int64
}

// Ticket is a ticket as it stood before the event.
type Ticket struct {
	ID       string
	Number   int64
	Status   string // open, done, closed
	Assignee string // id of one of the staff; empty: nobody
	OpenedAt time.Time
	ClosedAt time.Time
	Since    time.Time // with a request: when it became done, or closed; zero: it is neither
}

// Said is one message of the recent conversation.
type Said struct {
	Author string // customer, automation, advisor
	Text   string
	At     time.Time // for our own: when the provider took it, or else when we wrote it
}

// History is which automations this contact got from this team.
type History struct {
	Last map[string]time.Time // by automation: the moment of the event that the last one answered
	// OnTicket is the same for the ticket that the event joins.
	OnTicket map[string]time.Time
	Decided  map[string]time.Time // when the last one of each was decided
	Hour     int                  // automatic messages in the hour before Now
	Day      int                  // in the 24 hours before Now

	CompanyHour, CompanyDay int // the same over all teams of the company
}

// Spent is what the whole team has used of its caps.
type Spent struct {
	Hour, Day  int
	Unverified int // in the hour before now, to callers whose number nobody vouches for; only with such a call
}

// HoursAt asks the team's schedules about an instant.
func HoursAt(team *settings.Snapshot, at time.Time) Hours {
	h := Hours{State: team.Schedules.At(at)}
	if !h.Open {
		h.Since, _ = team.Schedules.ClosedSince(at)
		h.Next, _ = team.Schedules.NextOpen(at)
	}
	return h
}
