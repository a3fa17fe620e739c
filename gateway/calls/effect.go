package calls

import "time"

// Effect is what a call does to tickets.
type Effect string

// The effects.
const (
	OnTicket    Effect = "log"         // it is logged on the newest open ticket
	NewMissed   Effect = "missed_call" // a new ticket "Missed call"
	NewMessage  Effect = "voicemail"   // a new, unassigned ticket with the recording
	NewAnswered Effect = "call"        // a new ticket, assigned to who answered
	NoTicket    Effect = "none"        // it stands in the contact's history alone
)

// fresh is how old a ticket may be for a team with Ring Last Advisor to log
// another call on it.
const fresh = 7 * 24 * time.Hour

// TicketEffect says what a call does. opened is when the contact's newest open
// ticket with the team was opened; zero: there is none.
func TicketEffect(o Outcome, opened, now time.Time, ringLast, createForMissed bool) Effect {
	joins := !opened.IsZero() && (!ringLast || now.Sub(opened) <= fresh)
	switch {
	case o == TooShort:
		return NoTicket
	case o == Voicemail:
		return NewMessage
	case joins:
		return OnTicket
	case o == Answered:
		return NewAnswered
	case createForMissed:
		return NewMissed
	case !opened.IsZero():
		return OnTicket
	}
	return NoTicket
}
