package rules

import (
	"slices"
	"time"
	"unicode/utf8"

	"ringback/channels"
	"ringback/channels/phone"
	"ringback/settings"
	"ringback/settings/automations"
)

// Window is how long after a customer's message WhatsApp takes free text to
// them from the sender that they wrote to.
const Window = 24 * time.Hour

// WhatsAppSession is how else a WhatsApp customer can be reached.
type WhatsAppSession struct {
	Heard   time.Time // when they last wrote to or called the event's sender; zero: never, or before the window
	Phone   string    // a number of theirs that takes texts; empty: none is known
	Stopped []string  // the ids of senders that they opted out of alone
	NoTexts []string  // numbers of theirs that are known to take no texts

	Held []HeldTemplate // of the sender's, while free text does not go out
}

// HeldTemplate is a template that is not sent, for its provider has not approved it.
type HeldTemplate struct {
	Name     string
	Language string // empty: Twilio's have none
	State    string // paused, rejected, disabled, pending …
}

// stateOf is why a template is held; empty: it is not.
func (r WhatsAppSession) stateOf(name, language string) string {
	for _, h := range r.Held {
		if h.Name == name && (h.Language == "" || h.Language == language) {
			return h.State
		}
	}
	return ""
}

// Holds reports whether a template is held.
func (r WhatsAppSession) Holds(t channels.Template) bool { return r.stateOf(t.Name, t.Language) != "" }

// OnWhatsApp reports whether WhatsApp's rules hold on a channel.
func OnWhatsApp(kind channels.Kind) bool {
	return kind == channels.WhatsAppCloud || kind == channels.WhatsAppTwilio
}

// windowUntil is when free text ends; zero: it has not begun.
func (s Situation) windowUntil() time.Time {
	heard := s.Reached.Heard
	said := s.Event.Kind == channels.MessageReceived && !s.Event.Form.IsAnnotation()
	if called := s.Event.Kind == CallSettled; (said || called) && s.Event.At.After(heard) { // a call opens it as a message does
		heard = s.Event.At
	}
	if heard.IsZero() {
		return heard
	}
	return heard.Add(Window)
}

// WindowOpen reports whether free text goes out.
func (s Situation) WindowOpen() bool { return s.Now.Before(s.windowUntil()) }

// carry says in which way a decision to send is carried out: as free text, as
// the automation's template, or by SMS. It is why there is no way; empty: there is.
func carry(s Situation, d *Decision, key string) Reason {
	if !OnWhatsApp(s.Event.Channel) {
		if sender, known := s.Team.Sender(s.Event.Sender); known && sender.Settings.Agent != "" {
			d.Choices = choices(s, key) // which show where the phone does RCS
		}
		return ""
	}
	until := s.windowUntil()
	if !until.IsZero() {
		d.Facts["window_until"] = until.UTC().Format(time.RFC3339)
	}
	if s.Now.Before(until) {
		d.Choices = choices(s, key)
		d.otherwise = templateFor(s, *d, key, func(automations.Template) bool { return false }) // whether it is held is asked if it comes to that
		return ""
	}
	d.Facts["window"] = "closed"
	reason := ReasonWindowClosed
	held := func(t automations.Template) bool {
		state := s.Reached.stateOf(t.Name, t.Sent())
		if state != "" {
			reason, d.Facts["template_held"], d.Facts["template_state"] = ReasonTemplateHeld, t.Name, state
		}
		return state != ""
	}
	if t := templateFor(s, *d, key, held); t != nil {
		d.template, d.Facts["template"] = t, t.Name
		return ""
	}
	sender, ok := Fallback(s.Team, s.Event.From, s.Reached)
	if !ok {
		return reason
	}
	d.Sender, d.To, d.plain = sender.ID, Textable(s.Event.From, s.Reached), s.Team.Team.PlainLetters
	d.Facts["fallback"] = string(channels.SMS)
	return ""
}

// templateFor is the automation's template that says to the customer what is decided;
// nil: there is none that is not held and that it fits into.
func templateFor(s Situation, d Decision, key string, held func(automations.Template) bool) *automations.Template {
	t, found := s.Team.Automations[key].Template(s.Language(), s.Event.Channel == channels.WhatsAppTwilio, held)
	if !found || !fitsTemplate(d, t) {
		return nil
	}
	return &t
}

// Meta's bound of a template's body, with its values filled in, in characters.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
const maxTemplate = 1024

// fitsTemplate reports whether the values can stand in a template: a longer one
// would be refused each time, and the next road is open.
func fitsTemplate(d Decision, t automations.Template) bool {
	d.template = &t
	length := 0
	for _, value := range d.Template(longestNumber).Values {
		length += utf8.RuneCountInString(value)
	}
	return length <= maxTemplate
}

// longestNumber is as long as a ticket's number gets.
const longestNumber = 9_999_999

// Textable is the number at which a WhatsApp customer takes texts: the one they
// write from, as it is dialed, or else another of theirs; empty: there is none.
func Textable(from string, r WhatsAppSession) string {
	for _, number := range []string{phone.OfWhatsApp(from), r.Phone} {
		if reason, _ := reach(number, channels.SMS); number != "" && reason == "" && !slices.Contains(r.NoTexts, number) {
			return number
		}
	}
	return ""
}

// Fallback is the team's sender for what WhatsApp does not take; false: the
// team does not want it, the customer has no number for it, or has opted out
// of every such sender.
func Fallback(team *settings.Snapshot, from string, r WhatsAppSession) (settings.Sender, bool) {
	number := Textable(from, r)
	if !team.Team.SMSFallback || number == "" || !countryAllowed(number, channels.SMS, team.Team.AllowedCountries) {
		return settings.Sender{}, false
	}
	for _, sender := range team.Senders {
		if sender.Kind == channels.SMS && !slices.Contains(r.Stopped, sender.ID) {
			return sender, true
		}
	}
	return settings.Sender{}, false
}

// choices are what can be tapped to answer a question.
func choices(s Situation, key string) []channels.Choice {
	switch key {
	case automations.AskIssueResolved, automations.RequestApproval:
		return s.bound(yesNo(s.Language()))
	case automations.CaptureAdvisorRating:
		return s.bound(scores)
	}
	return nil
}
