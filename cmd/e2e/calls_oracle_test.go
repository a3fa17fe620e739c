package e2e

import (
	"fmt"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/settings/automations"
)

// silent is a caller who comes to the recording and says nothing into it; with
// channels.StepRecording they leave a voicemail.
const silent channels.Step = "silent"

// leavings is where a caller may hang up, in the flow's order.
var leavings = []channels.Step{
	channels.StepGreeting, channels.StepMenu, channels.StepOptionChosen, channels.StepRinging, channels.StepAnswered,
	channels.StepVoicemailPrompt, channels.StepRecording, silent,
}

// The hours of a team, at the moment of the call.
const (
	hoursOpen   = "open"
	hoursClosed = "closed"  // it has a schedule, which is not in effect
	hoursNone   = "none"    // it has no schedule at all
	hoursOnCall = "on call" // one in effect rings advisors and is no business time
)

var hours = []string{hoursOpen, hoursClosed, hoursNone, hoursOnCall}

// row is one of all the cases that there are of a call.
type row struct {
	leaves   channels.Step
	hours    string
	ringLast bool
	age      int // days since the caller's open ticket was opened; -1: there is none
	create   bool
}

var ages = []int{-1, 3, 8}

// rows are all of them.
func rows() []row {
	var all []row
	for _, leaves := range leavings {
		for _, at := range hours {
			for _, ringLast := range []bool{false, true} {
				for _, age := range ages {
					for _, create := range []bool{false, true} {
						all = append(all, row{leaves, at, ringLast, age, create})
					}
				}
			}
		}
	}
	return all
}

func (r row) String() string {
	return fmt.Sprintf("leaves at %s, %s, ring last %v, ticket of %d days, create %v", r.leaves, r.hours, r.ringLast, r.age, r.create)
}

// fate is what is to come of a call.
type fate struct {
	Outcome, Automation, Ticket string
}

// foretold is what the description of Ringback says of a call, read sentence
// by sentence. It shares nothing with the code but the names.
func (r row) foretold() fate {
	// "Outcome: answered · voicemail (a recording of at least 2 s) · hung up
	// (greeting, option chosen, ringing) · missed (menu, voicemail prompt, empty
	// recording, nobody answered)."
	was := map[channels.Step]string{
		channels.StepAnswered:  "answered",
		channels.StepRecording: "voicemail",
		channels.StepGreeting:  "hung_up", channels.StepOptionChosen: "hung_up", channels.StepRinging: "hung_up",
		channels.StepMenu: "missed", channels.StepVoicemailPrompt: "missed", silent: "missed",
	}[r.leaves]

	// "A call that came while closed and was not answered: 9, else by its
	// outcome; a call that came while open: by its outcome (3, 2, 1, 10).
	// Answered calls never get 9."
	text := map[string]string{
		"answered": automations.AfterSuccessfulCall, "voicemail": automations.CustomerLeavesVoicemail,
		"hung_up": automations.CustomerHangsUp, "missed": automations.CustomerCallMissed,
	}[was]
	if r.hours != hoursOpen && was != "answered" {
		text = automations.AfterHoursCall
	}
	return fate{was, text, r.foretoldTicket(was)}
}

func (r row) foretoldTicket(was string) string {
	// "A voicemail makes a new, unassigned ticket with the recording."
	if was == "voicemail" {
		return string(calls.NewMessage)
	}
	// "If c exists and (RLA is off, or c was opened at most 7 days ago) → the
	// call is logged on c." "An answered call joins c under the same test,"
	c := r.age >= 0
	if c && (!r.ringLast || r.age <= 7) {
		return string(calls.OnTicket)
	}
	// "else makes a ticket assigned to who answered."
	if was == "answered" {
		return string(calls.NewAnswered)
	}
	// "Else if create_ticket_for_missed_calls is on → a new ticket "Missed
	// call". Else if c exists → logged on c. Else it stands in the contact's
	// call history alone."
	switch {
	case r.create:
		return string(calls.NewMissed)
	case c:
		return string(calls.OnTicket)
	}
	return string(calls.NoTicket)
}
