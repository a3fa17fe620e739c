package rules

import (
	"slices"
	"strings"
	"time"

	"ringback/channels"
	"ringback/settings/automations"
)

// CallSettled is a call of which nothing more can change. Event.At is when it
// came, which is what open and closed are judged by.
const CallSettled channels.EventKind = "call"

// Call is how a call went.
type Call struct {
	Outcome string        // answered, voicemail, hung_up, missed, too_short
	Step    channels.Step // where the caller gave up
	Ended   time.Time
	Verstat string // what the network says of the caller's number: STIR/SHAKEN; empty: nothing
	Held    string // the automation whose reply was held back once already; empty: none
	Advisor string // the name of who answered it; empty: nobody did, or it is not known who
}

// The outcomes of a call.
const (
	CallAnswered  = "answered"
	CallVoicemail = "voicemail"
	CallHungUp    = "hung_up"
	CallMissed    = "missed"
	CallTooShort  = "too_short"
)

// Unverified reports whether the network knows of the caller's number and does not
// vouch for it: anybody may have put it there. Most countries say nothing of any
// number; that is no reason for doubt.
// https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir
func (c Call) Unverified() bool {
	return c.Verstat != "" && !strings.HasPrefix(c.Verstat, "TN-Validation-Passed")
}

// unverifiedShare is the part of a team's cap for an hour that callers get for whose
// numbers nobody vouches, one in so many.
const unverifiedShare = 10

// UnverifiedPerHour is how many automatic texts a team sends in an hour to callers
// for whose numbers nobody vouches.
func UnverifiedPerHour(teamPerHour int) int { return teamPerHour / unverifiedShare }

// redial is how long the replies to a caller's further calls stay away: five
// calls in a minute are one text.
const redial = 15 * time.Minute

// givenUp are the automations that share one memory: whatever the call came
// to, the caller was told once.
var givenUp = []string{automations.CustomerHangsUp, automations.AfterHoursCall, automations.CustomerCallMissed}

// sentWithin reports whether one of the automations was decided on within a time
// of now, in either direction: what is handled late, or by another replica's
// clock, is no second text.
func (s Situation) sentWithin(span time.Duration, keys ...string) bool {
	for _, key := range keys {
		last, sent := s.History.Decided[key]
		if sent && s.Now.Sub(last).Abs() < span {
			return true
		}
	}
	return false
}

// reached reports whether an advisor has spoken or written to the caller since
// the call, or in it, as may be told when it is settled.
func reached(s Situation) bool {
	return s.Contact.AdvisorAt.After(s.Call.Ended) || s.Call.Outcome == CallAnswered
}

// callRule is what the automations on calls have in common: the outcome that
// they are for, and how long they stay silent after which others.
func callRule(key string, fits func(Situation) bool, suppress func(Situation) Reason) Rule {
	return Rule{
		Key: key, On: CallSettled, Suppress: suppress,
		Fits: func(s Situation) (Reason, bool) {
			if !fits(s) {
				return ReasonOtherOutcome, false
			}
			return "", true
		},
	}
}

func onceForRedials(s Situation) Reason {
	switch {
	case reached(s):
		return ReasonCustomerReached
	case s.sentWithin(redial, givenUp...):
		return ReasonAlreadySent
	}
	return ""
}

// hold is how long this message has to wait, and why: a reply to a call as
// long as the team wants it held back, once; a question for a decent hour.
func (s Situation) hold(key string) (time.Duration, Reason) {
	setting := s.Team.Automations[key]
	if s.Request != nil {
		return s.quietHours(setting), ReasonQuietHours
	}
	if s.Event.Kind != CallSettled || s.Call.Held != "" {
		return 0, ""
	}
	return time.Duration(setting.Int(automations.DelaySeconds)) * time.Second, ReasonHeldBack
}

// decideCall decides about a settled call. Settled is settled: a reply that was held
// back is still the one that it was, whatever is told of the call or changed in the
// settings meanwhile.
func decideCall(s Situation) Decision {
	at := slices.IndexFunc(All, func(r Rule) bool { return r.On == CallSettled && r.Key == s.Call.Held })
	switch {
	case s.Contact.Blocked:
		return Decision{Automation: s.Call.Held, Outcome: Skipped, Reason: ReasonBlocked}
	case at < 0 && s.Call.Outcome == CallTooShort:
		return Decision{Outcome: Skipped, Reason: ReasonTooShort}
	case at < 0:
		return ask(s)
	case !s.Team.Automations[s.Call.Held].Enabled:
		return Decision{Automation: s.Call.Held, Outcome: Skipped, Reason: ReasonDisabled}
	}
	return settle(s, All[at])
}
