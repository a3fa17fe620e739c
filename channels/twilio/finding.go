package twilio

import (
	"net/url"
	"strconv"
	"strings"
)

// Finding is how one thing at Twilio stands.
type Finding struct {
	Code  string // message, message_fails, call, call_status or call_fails
	What  string // "A message comes in"
	Is    string // what is set there; empty: nothing
	Needs string // what would be right; empty: it is right
	Note  bool   // it is not as it could be, and works all the same

	number, service string // the resource's id
	set             map[string]string
}

// Right reports whether there is nothing to say.
func (f Finding) Right() bool { return f.Needs == "" }

// Fixable reports whether Rewire can put it right.
func (f Finding) Fixable() bool { return len(f.set) > 0 }

// Repeats is what an address ends in that is pasted into Twilio's settings: it
// is to be tried again whatever went wrong.
const Repeats = tryAgain

// Compare holds a number's wiring to what we need when we are reached at the
// public URL: for texts, for calls or for both.
func (w Wiring) Compare(public string, texts, calls bool) []Finding {
	var found []Finding
	if texts {
		found = append(found, w.texts(public+MessagesPath)...)
	}
	if calls {
		found = append(found, w.calls(public+VoicePath, public+CallsPath)...)
	}
	for i := range found {
		found[i].number = w.SID
	}
	return found
}

func (w Wiring) texts(door string) []Finding {
	const what = "A message comes in"
	if s := w.Service; s != nil && !s.OnNumber {
		f := hooked("message", what+" (Messaging Service “"+s.Name+"”)", s.Inbound, s.InboundMethod, door, true)
		f.service = s.SID
		f.sets("InboundRequestUrl", door+Repeats, "InboundMethod", "POST")
		return []Finding{f}
	}
	if w.SMSApplication != "" {
		return []Finding{{Code: "message", What: what, Is: "the TwiML app " + w.SMSApplication, Needs: "a webhook of the number's own: the app overrides it"}}
	}
	f := hooked("message", what, w.SMSURL, w.SMSMethod, door, true)
	f.sets("SmsUrl", door+Repeats, "SmsMethod", "POST")
	return []Finding{f, fallback("message_fails", "A message's handler fails", w.SMSFallback, door, "SmsFallbackUrl", "SmsFallbackMethod")}
}

// calls knows teams that keep their own phone system: they name the caller's
// step in the address for the call's status, and nothing else is ours.
func (w Wiring) calls(door, status string) []Finding {
	told := hooked("call_status", "Call status changes", w.Status, w.StatusMethod, status, true)
	if u, err := url.Parse(w.Status); err == nil && u.Query().Has("step") {
		ours := *u
		ours.RawQuery, ours.Fragment = "", ""
		if ours.String() == status {
			return []Finding{{Code: "call_status", What: "Call status changes (the team has its own phone system)", Is: w.Status}}
		}
	}
	told.sets("StatusCallback", status+Repeats, "StatusCallbackMethod", "POST")
	const what = "A call comes in"
	switch {
	case w.Trunk != "":
		return []Finding{{Code: "call", What: what, Is: "the SIP trunk " + w.Trunk, Needs: "a webhook of the number's own: the trunk overrides it"}, told}
	case w.VoiceApplication != "":
		return []Finding{{Code: "call", What: what, Is: "the TwiML app " + w.VoiceApplication, Needs: "a webhook of the number's own: the app overrides it"}, told}
	}
	comes := hooked("call", what, w.VoiceURL, w.VoiceMethod, door, false)
	comes.sets("VoiceUrl", door, "VoiceMethod", "POST")
	return []Finding{comes, told, fallback("call_fails", "A call's handler fails", w.VoiceFallback, door, "VoiceFallbackUrl", "VoiceFallbackMethod")}
}

// sets keeps what would put a finding right, if it is not.
func (f *Finding) sets(pairs ...string) {
	if f.Right() {
		return
	}
	f.set = map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		f.set[pairs[i]] = pairs[i+1]
	}
}

// hooked holds one address to our door; repeated says whether Twilio has to be
// told to try again.
func hooked(code, what, address, method, door string, repeated bool) Finding {
	f := Finding{Code: code, What: what, Is: address}
	at, overrides, _ := strings.Cut(address, "#")
	needed := door
	if repeated {
		needed += Repeats
	}
	switch {
	case at != door:
		f.Needs = needed
	case repeated && !tries(overrides):
		f.Needs = needed + ", to be tried again after a failure"
	case !strings.EqualFold(method, "POST"):
		f.Is, f.Needs = address+" by "+method, "HTTP POST"
	}
	return f
}

// tries reports whether the overrides ask for further tries whatever failed.
func tries(overrides string) bool {
	values, err := url.ParseQuery(overrides)
	if err != nil {
		return false
	}
	times, err := strconv.Atoi(values.Get("rc"))
	return err == nil && times > 0 && strings.Contains(values.Get("rp"), "all")
}

// fallback is asked once our door has failed. Ours once more is better than
// nobody; somebody else's is the owner's business.
func fallback(code, what, address, door, name, method string) Finding {
	at, _, _ := strings.Cut(address, "#")
	f := Finding{Code: code, What: what, Is: address}
	switch at {
	case door:
	case "":
		f.Note, f.Needs = true, door+", so that it is tried once more"
		f.sets(name, door, method, "POST")
	default:
		f.Note, f.Needs = true, "nothing: this is left as it is"
	}
	return f
}
