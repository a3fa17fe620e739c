package rules

import (
	"slices"
	"time"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
)

// sense is how long after the customer's event an automatic reply still makes
// sense.
const sense = 15 * time.Minute

// Expires is when the reply to an event stops making sense.
func Expires(at time.Time) time.Time { return at.Add(sense) }

// cannot says what forbids any automatic message to this contact.
func cannot(s Situation, facts map[string]any) Reason {
	if reason := cannotReach(s, facts); reason != "" {
		return reason
	}
	switch {
	case s.expired():
		facts["late_by"] = s.Now.Sub(s.Ended()).Round(time.Second).String()
		return ReasonExpired
	case s.automatic() && s.Event.At.Before(s.Contact.PausedUntil):
		facts["paused_until"] = s.Contact.PausedUntil.UTC().Format(time.RFC3339)
		return ReasonLoopGuard
	}
	return ""
}

// cannotReach says what forbids anybody, the staff as well, to write to this contact
// from that sender at that address.
func cannotReach(s Situation, facts map[string]any) Reason {
	if reason, why := reach(s.Event.From, s.Event.Channel); reason != "" {
		facts["why"] = why
		return reason
	}
	switch {
	case !s.hasSender():
		return ReasonNoSender
	case s.Contact.Ours:
		return ReasonOwnNumber
	case s.automatic() && s.Contact.Staff != "" && s.Event.Channel != channels.WebChat:
		return ReasonStaff
	case s.Contact.OptedOut && s.Event.Channel != channels.WebChat: // whoever stopped our texts still chats
		return ReasonOptedOut
	case s.held():
		return ReasonUnclearOptOut
	case s.Event.Channel == channels.SMS && s.Event.Kind != channels.MessageReceived && slices.Contains(TextlessLines, s.Contact.LineType):
		facts["line_type"] = s.Contact.LineType
		return ReasonLandline
	case s.Contact.Unreachable && !(OnWhatsApp(s.Event.Channel) && byNumber(s.Event.From, s.Event.Channel)): // a landline may well be on WhatsApp
		return ReasonUnreachable
	case !countryAllowed(s.Event.From, s.Event.Channel, s.countries()):
		return ReasonCountry
	}
	return ""
}

// CannotReach says what forbids one of the staff to write to a customer from that
// sender at that address; empty: nothing does. It is the test that automatic
// messages pass, without what is about time and budgets.
func CannotReach(team *settings.Snapshot, from settings.Sender, to string, c Contact) Reason {
	asked := &Request{Advisor: true} // what is automatic alone is held by more
	s := Situation{Team: team, Contact: c, Request: asked, Event: Event{Kind: Requested, Channel: from.Kind, Sender: from.ID, From: to}}
	return cannotReach(s, map[string]any{})
}

// expires is when the automation's message stops making sense; zero: never. What an
// advisor set going does not go stale by waiting for the morning, and nobody is told
// that a team is closed once it is open again.
func (s Situation) expires(key string) time.Time {
	if s.Request != nil {
		return s.Request.Until
	}
	until := Expires(s.Ended())
	if opens := s.Hours.Next; saysClosed(key) && !opens.IsZero() && !opens.After(until) {
		return opens.Add(-time.Microsecond) // at that second it is open
	}
	return until
}

func (s Situation) expired() bool {
	until := s.expires("")
	return !until.IsZero() && s.Now.After(until)
}

// saysClosed are the automations whose text says that the team is closed.
func saysClosed(key string) bool {
	return key == automations.AfterHoursCall || key == automations.AfterHoursText || key == automations.AfterHoursTicket
}

// openNow reports whether the team has opened since the customer's event.
func (s Situation) openNow() bool {
	return !s.Hours.Open && !s.Hours.Next.IsZero() && !s.Now.Before(s.Hours.Next)
}

// held reports whether automatic texts wait until the staff has said whether the
// customer wants any: on their phone, where an opt-out would hold.
func (s Situation) held() bool {
	return s.automatic() && s.Contact.InDoubt && s.Event.Channel != channels.WebChat
}

// automatic reports whether nobody asked for the message: what an advisor asks
// for counts to no budget, and is theirs to answer for.
func (s Situation) automatic() bool { return s.Request == nil || !s.Request.Advisor }

// Ended is when what the reply answers was over: a call goes on for a while.
func (s Situation) Ended() time.Time {
	if s.Event.Kind == CallSettled {
		return s.Call.Ended
	}
	return s.Event.At
}

// overBudget says whether this person, or the whole team, got enough.
func overBudget(s Situation, facts map[string]any) Reason {
	team := s.Team.Team
	switch {
	case s.History.Hour >= team.ContactPerHour || s.History.Day >= team.ContactPerDay:
		facts["contact_hour"], facts["contact_day"] = s.History.Hour, s.History.Day
		return ReasonContactBudget
	case s.History.CompanyHour >= s.Team.ContactPerHour || s.History.CompanyDay >= s.Team.ContactPerDay:
		facts["company_hour"], facts["company_day"] = s.History.CompanyHour, s.History.CompanyDay
		return ReasonContactBudget
	case s.Spent.Hour >= team.AutomaticPerHour || s.Spent.Day >= team.AutomaticPerDay:
		facts["team_hour"], facts["team_day"] = s.Spent.Hour, s.Spent.Day
		return ReasonTeamBudget
	case s.Event.Kind == CallSettled && s.Call.Unverified() && s.Spent.Unverified >= UnverifiedPerHour(team.AutomaticPerHour):
		facts["unverified_hour"] = s.Spent.Unverified
		return ReasonUnverified
	}
	return ""
}

// TextlessLines are lines that take no texts, by Twilio's words, unless one comes from
// there: a company's landline may well be set up for texts.
// https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence
var TextlessLines = []string{"landline", "premium", "sharedCost", "uan", "voicemail", "pager"}

// hasSender reports whether the sender that the customer wrote to is still the
// team's.
func (s Situation) hasSender() bool {
	_, ok := s.Team.Sender(s.Event.Sender)
	return ok
}
