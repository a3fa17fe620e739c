package rules

import (
	"time"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
	"ringback/channels/phone"
	"ringback/settings"
	"ringback/settings/automations"
	zones "ringback/settings/zone"
)

// The events on which a customer is asked for something, or told.
const (
	TicketDone   channels.EventKind = "ticket_done"   // an advisor is finished
	TicketClosed channels.EventKind = "ticket_closed" // as resolved
	Requested    channels.EventKind = "request"       // an advisor asks
	Shared       channels.EventKind = "share"         // an advisor shares the contact page
)

// Asked is what the rules on all of these are on: which of them answers is
// said by the request's kind alone.
const Asked channels.EventKind = "asked"

// What a customer can be asked for. The last is no question: it is shared.
const (
	AskPhotoVideo = "photo_video"
	AskApproval   = "approval"
	AskPayment    = "payment"
	AskRating     = "rating"
	AskResolved   = "resolved"
	AskVoiceHub   = "voicehub"
)

// Request is what the customer is about to be asked for.
type Request struct {
	ID      string // empty: it is shared, not asked
	Kind    string
	Advisor bool      // an advisor asked for it, so that it counts to no budget
	Message string    // the advisor's own words, instead of the automation's
	Link    string    // of the customer's page
	Amount  string    // of a payment, as the customer reads it
	Name    string    // of the advisor whom it is about; empty: not known
	Done    bool      // there is nothing left to ask: it was asked or answered since
	Until   time.Time // when the link expires; zero: never
	Since   time.Time // when what it is asked about was
}

// lookAgain is how often it is asked whether the staff has said by now what the
// customer wants, and patience how long a question waits for that.
const (
	lookAgain = time.Hour
	patience  = answerable
)

// mayWait reports whether what is held is a question, which makes sense for a while.
func (s Situation) mayWait() bool { return s.Request != nil && s.Now.Sub(s.Request.Since) < patience }

// askRule is what the automations that ask have in common: each is for one
// kind of request, and its memory is whether it was asked already.
func askRule(key, kind string, moot func(Situation) Reason) Rule {
	return Rule{
		Key: key, On: Asked, Asks: kind,
		Fits: func(Situation) (Reason, bool) { return "", true },
		Suppress: func(s Situation) Reason {
			if s.Request.Done {
				return ReasonAlreadySent
			}
			if moot != nil && !s.Request.Advisor {
				return moot(s)
			}
			return ""
		},
	}
}

// For is the rule that words a kind of request.
func For(kind string) (Rule, bool) {
	for _, r := range All {
		if r.On == Asked && r.Asks == kind {
			return r, true
		}
	}
	return Rule{}, false
}

// becameSoAgain reports whether the ticket was opened again since what is asked about, and
// became done or closed once more: that time is asked about by itself.
func (s Situation) becameSoAgain() bool { return s.Ticket.Since.After(s.Request.Since) }

// decideRequest decides about a question to the customer.
func decideRequest(s Situation) Decision {
	if s.Contact.Blocked {
		return Decision{Outcome: Skipped, Reason: ReasonBlocked}
	}
	return ask(s)
}

// lately is how long after their own words or call a customer does not mind a
// question, whatever the hour.
const lately = 30 * time.Minute

// quietHours is how long a question waits for a decent hour where the customer is:
// for the hours of the day between which it may come, or for the team to open where
// those leave nothing. Zero: it is one, or they have just been heard of.
func (s Situation) quietHours(setting automations.Setting) time.Duration {
	d, _ := automations.Find(setting.Key)
	if !d.Has(automations.EarliestHour) || !s.Heard.IsZero() && s.Now.Sub(s.Heard) <= lately {
		return 0
	}
	first, last := setting.Int(automations.EarliestHour), setting.Int(automations.LatestHour)
	if first >= last {
		if s.Hours.Open || s.Hours.Next.IsZero() { // there never is one: better now than never
			return 0
		}
		return s.Hours.Next.Sub(s.Now)
	}
	zone := s.customersZone()
	now := s.Now.In(zone)
	if first <= now.Hour() && now.Hour() < last {
		return 0
	}
	until := time.Date(now.Year(), now.Month(), now.Day(), first, 0, 0, 0, zone)
	if !until.After(now) {
		until = time.Date(now.Year(), now.Month(), now.Day()+1, first, 0, 0, 0, zone)
	}
	return until.Sub(s.Now)
}

// customersZone is where the customer's number says that they are, or else the team's:
// many numbers belong to several zones, and some to none.
func (s Situation) customersZone() *time.Location {
	number, err := phonenumbers.Parse(phone.OfWhatsApp(s.Event.From), "")
	if err != nil {
		return s.zone()
	}
	names, err := phonenumbers.GetTimezonesForNumber(number)
	if err != nil || len(names) != 1 || names[0] == phonenumbers.UNKNOWN_TIMEZONE {
		return s.zone()
	}
	zone, err := zones.Load(names[0])
	if err != nil {
		return s.zone()
	}
	return zone
}

// voiceHub is the number that customers call the team at, as people write it.
func voiceHub(team *settings.Snapshot) string {
	number := ""
	for _, sender := range team.Senders {
		if sender.Kind == channels.Voice {
			number = sender.Address
			break
		}
		if sender.Kind == channels.SMS && number == "" {
			number = sender.Address
		}
	}
	parsed, err := phonenumbers.Parse(number, "")
	if err != nil {
		return number
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}
