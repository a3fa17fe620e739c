package rules

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
	"ringback/channels/phone"
)

// withheld are the numbers that networks show for a caller who withheld
// theirs: the word, spelled on a telephone keypad. Some have the form of a
// real number, and all withheld callers would become one person.
var withheld = map[string]string{
	"+266696687":   "ANONYMOUS",
	"+7378742833":  "RESTRICTED",
	"+2562533":     "BLOCKED",
	"+8656696":     "UNKNOWN",
	"+86282452253": "UNAVAILABLE",
}

// reach says whether a text can go to an address at all, and if not, why. A
// number needs to be possible, by country code and length, not valid: tables
// of number ranges lag behind the numbers that people really have.
func reach(address string, channel channels.Kind) (reason Reason, why string) {
	switch {
	case OnWhatsApp(channel) && !phone.OnWhatsApp(address):
		return ReasonUnreachable, "impossible_number"
	case !byNumber(address, channel), OnWhatsApp(channel): // who wrote from there is there, whatever a table says of the number
		return "", ""
	}
	if word, ok := withheld[address]; ok || phone.WithheldWord(address) {
		return ReasonWithheld, strings.ToLower(word)
	}
	if !strings.HasPrefix(address, "+") {
		return ReasonUnreachable, "short_code"
	}
	number, err := phonenumbers.Parse(phone.Dialable(address), "")
	if err != nil || !phonenumbers.IsPossibleNumber(number) {
		return ReasonUnreachable, "impossible_number"
	}
	if phonenumbers.GetNumberType(number) == phonenumbers.PREMIUM_RATE {
		return ReasonUnreachable, "premium_number"
	}
	return "", ""
}

// Withheld reports whether an address stands for a caller who withheld theirs.
func Withheld(address string) bool {
	reason, _ := reach(address, channels.Voice)
	return reason == ReasonWithheld
}

// Unreachable reports whether no text could reach whoever calls from an address.
func Unreachable(address string) bool {
	reason, _ := reach(address, channels.SMS)
	return reason != ""
}

// byNumber reports whether the address is meant to be a phone number. A
// WhatsApp user without one is known by an id of letters, a dot and digits.
func byNumber(address string, channel channels.Kind) bool {
	switch channel {
	case channels.SMS, channels.Voice:
		return true
	case channels.WhatsAppTwilio, channels.WhatsAppCloud:
		return strings.HasPrefix(address, "+")
	}
	return false
}

// countries are those that the team texts; none: all. Who types a number into a
// form has proven nothing: where the team names no countries, such a text goes
// to those of the team's own numbers alone, and nobody has it text numbers abroad
// that earn them money.
func (s Situation) countries() []string {
	allowed := s.Team.Team.AllowedCountries
	if len(allowed) > 0 || s.Event.Kind != TicketCreated {
		return allowed
	}
	var own []string
	for _, sender := range s.Team.Senders {
		if byNumber(sender.Address, sender.Kind) {
			own = append(own, phone.Countries(sender.Address)...)
		}
	}
	return own
}

// countryAllowed reports whether the team texts that country. A country code
// that several countries share, whose number no table knows, counts as each.
func countryAllowed(address string, channel channels.Kind, allowed []string) bool {
	if len(allowed) == 0 || !byNumber(address, channel) {
		return true
	}
	return slices.ContainsFunc(phone.Countries(address), func(country string) bool { return slices.Contains(allowed, country) })
}
