package rules

import (
	"maps"
	"strconv"
	"time"

	"ringback/channels"
	"ringback/channels/gsm7"
	"ringback/settings/automations"
	"ringback/settings/text"
)

// Outcome is what became of the automatic reply. Sent means handed to the
// outbox; what becomes of it there is the delivery's state.
type Outcome string

// The outcomes of a decision.
const (
	Sent     Outcome = "sent"
	Skipped  Outcome = "skipped"
	Deferred Outcome = "deferred"
)

// Reason is why, in one stable word.
type Reason string

// The reasons a decision can have.
const (
	ReasonSent            Reason = "sent"
	ReasonDisabled        Reason = "disabled"               // the automation that fits is switched off
	ReasonOpen            Reason = "open"                   // it is for closed hours
	ReasonTicketOpen      Reason = "ticket_open"            // the conversation is already under way
	ReasonTicketReopened  Reason = "ticket_reopened"        // closed less than a day ago: still the same conversation
	ReasonOtherChannel    Reason = "other_channel"          // it does not go out on this channel; never the last word, only among what was `considered`: 13 in a web chat
	ReasonOptedOut        Reason = "opted_out"              // they said STOP
	ReasonOptedIn         Reason = "opted_in"               // they said START
	ReasonHelp            Reason = "help"                   // they asked for help
	ReasonBlocked         Reason = "blocked"                // the team blocked them
	ReasonUnreachable     Reason = "unreachable"            // no text reaches this address
	ReasonLandline        Reason = "landline"               // the number is no line that takes texts
	ReasonWithheld        Reason = "withheld"               // there is no number to answer
	ReasonOwnNumber       Reason = "own_number"             // it is one of our own
	ReasonNoSender        Reason = "no_sender"              // the team has nothing left to answer from
	ReasonCountry         Reason = "country_not_allowed"    // not on the team's list
	ReasonAlreadySent     Reason = "already_sent"           // once is enough
	ReasonAdvisorActive   Reason = "advisor_active"         // an advisor is writing with them
	ReasonLoopGuard       Reason = "loop_guard"             // another machine is answering us
	ReasonExpired         Reason = "expired"                // it would come too late to make sense
	ReasonOpenNow         Reason = "open_now"               // it says that the team is closed, which has opened since
	ReasonContactBudget   Reason = "contact_budget"         // this person got enough for now
	ReasonTeamBudget      Reason = "team_budget"            // the team reached its cap
	ReasonUnverified      Reason = "unverified_caller"      // the team reached its cap for callers whose number nobody vouches for
	ReasonOtherOutcome    Reason = "other_outcome"          // the call came to something else
	ReasonTooShort        Reason = "too_short"              // a wrong number, most likely
	ReasonCustomerReached Reason = "customer_reached"       // an advisor was quicker
	ReasonHeldBack        Reason = "held_back"              // it waits, in case an advisor is quicker
	ReasonQuietHours      Reason = "quiet_hours"            // it waits for a decent hour where the customer is
	ReasonTicketClosed    Reason = "ticket_closed"          // it was closed meanwhile: there is nothing left to ask
	ReasonAnswer          Reason = "answer"                 // it answers what we asked
	ReasonAlreadyAnswered Reason = "already_answered"       // it repeats an answer that we have
	ReasonUnclearAnswer   Reason = "unclear_answer"         // it answers one of several questions: the staff says which
	ReasonUnclearOptOut   Reason = "unclear_opt_out"        // they may want no more texts: the staff says whether
	ReasonStaff           Reason = "staff"                  // it is one of the staff's own phone: who has it is no customer
	ReasonAside           Reason = "aside"                  // a reaction, an edit or the like, or nobody wrote: nobody waits for an answer
	ReasonWindowClosed    Reason = "whatsapp_window_closed" // more than 24 hours since they wrote, and no other way
	ReasonTemplateHeld    Reason = "template_not_approved"  // the same, and the template there is was paused, rejected or disabled
	ReasonFault           Reason = "internal_error"         // handling failed again and again
)

// TicketStep is what an event does to the contact's ticket.
type TicketStep string

// The ticket steps.
const (
	NoTicket     TicketStep = ""       // the message stands in the contact's history alone
	JoinTicket   TicketStep = "join"   // the newest ticket, open as it is
	ReopenTicket TicketStep = "reopen" // the newest ticket, done or closed a short while ago
	OpenTicket   TicketStep = "open"   // a new one
	AnswerTicket TicketStep = "answer" // that of the question, as it stands
	NoteTicket   TicketStep = "note"   // that of the notice which one of the staff answers, as it stands
)

// Consent is a change of heart.
type Consent string

// The consents.
const (
	NoChange Consent = ""
	OptOut   Consent = "out"
	OptIn    Consent = "in"
)

// Decision is what to do about an event, and why.
type Decision struct {
	Automation string // the key; empty: none, or no automation fits
	Outcome    Outcome
	Reason     Reason
	Facts      map[string]any

	Ticket   TicketStep
	Hold     time.Duration // Deferred: ask again after this
	Consent  Consent
	Refusal  bool       // it may ask for no more texts: the staff says whether
	Pause    bool       // take the contact for a machine for LoopPause
	Question *Question  // what the message is an answer to
	Answer   *Answer    // nil with a question: it was answered already
	Unclear  []Question // of which the message answers one, and nobody knows which; the first one's ticket is where it stands

	// How it goes out, when not as a text from where the event came to.
	Sender    string            // the id of another sender
	To        string            // another address of the customer's
	Choices   []channels.Choice // what can be tapped
	ExpiresAt time.Time         // when it stops making sense; zero: never

	message   text.Parts
	template  *automations.Template
	otherwise *automations.Template // if the provider takes no free text, though we think that it does
	plain     bool
	spends    bool
	confirms  bool
}

// Sends reports whether a message goes out.
func (d Decision) Sends() bool { return d.Outcome == Sent }

// Spends reports whether the message counts against the caps.
func (d Decision) Spends() bool { return d.Sends() && d.spends }

// Confirms reports whether the message answers an opt-out, opt-in or help word,
// which has a budget of its own.
func (d Decision) Confirms() bool { return d.Sends() && d.confirms }

// Text is the message as the customer gets it. The number is that of its
// ticket, which a new ticket only gets while the decision is carried out;
// 0: there is none.
func (d Decision) Text(number int64) string {
	parts := d.message
	values := map[string]string{}
	for name, value := range parts.Values {
		values[name] = value
	}
	if number > 0 {
		values["ticket_number"] = strconv.FormatInt(number, 10)
	}
	parts.Values = values
	composed := text.Compose(parts)
	if d.plain {
		return gsm7.Plain(composed)
	}
	return composed
}

// Template is what goes out in place of the text; nil: the text does.
func (d Decision) Template(number int64) *channels.Template { return d.filled(d.template, number) }

// Otherwise is the template that goes out if the provider takes the text for one that
// comes more than 24 hours too late; nil: there is none.
func (d Decision) Otherwise(number int64) *channels.Template { return d.filled(d.otherwise, number) }

func (d Decision) filled(t *automations.Template, number int64) *channels.Template {
	if t == nil {
		return nil
	}
	value := func(name string) string {
		parts := text.Parts{Message: "{{" + name + "}}", OpensAt: d.message.OpensAt, Link: d.message.Link, Values: maps.Clone(d.message.Values)}
		if number > 0 {
			parts.Values["ticket_number"] = strconv.FormatInt(number, 10)
		}
		return text.Compose(parts)
	}
	return &channels.Template{Name: t.Name, Language: t.Sent(), Values: t.Fill(d.Text(number), value)}
}

func plainLetters(s Situation) bool {
	return s.Event.Channel == channels.SMS && s.Team.Team.PlainLetters
}
