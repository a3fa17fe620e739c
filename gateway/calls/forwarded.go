package calls

import (
	"slices"
	"strings"

	"ringback/channels"
	"ringback/settings"
)

// forwardedFrom is what the provider calls the line that sent a call on to us.
// Carriers fill it as they like. https://www.twilio.com/docs/voice/twiml#request-parameters
const forwardedFrom = "ForwardedFrom"

// ComesBack reports whether a call is one of ours that was sent on to us again:
// from our own number, which is what advisors' phones see, or by a phone that is
// an advisor's and forwards it as its own.
func ComesBack(team *settings.Snapshot, number string, arrived channels.Event) bool {
	caller := arrived.CustomerAddress
	ours := func(s settings.Sender) bool { return s.Kind != channels.WebChat && s.Address == caller }
	if caller == number || slices.ContainsFunc(team.Senders, ours) {
		return true
	}
	for _, a := range team.Advisors {
		if a.Phone != "" && a.Phone == caller {
			return sameLine(arrived.Call.Facts[forwardedFrom], caller)
		}
	}
	return false
}

// Forwarded reports whether the caller's number is that of a line which sends on
// what others call it for: all of its callers would be one person.
func Forwarded(journal []Entry, caller string) bool {
	return slices.ContainsFunc(journal, func(e Entry) bool { return sameLine(e.Call.Facts[forwardedFrom], caller) })
}

// sameLine compares numbers by their digits: a carrier leaves out the plus.
func sameLine(a, b string) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, s)
	}
	return digits(a) != "" && digits(a) == digits(b)
}
