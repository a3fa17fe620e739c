package whatsapp

import (
	"strconv"
	"strings"

	"ringback/channels"
	"ringback/channels/fit"
)

// callsField is the field of a change that tells of calls.
const callsField = "calls"

// call is what is told of a WhatsApp call: that it began, or that it is over.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-initiated-calls
type call struct {
	ID        word `json:"id"`
	From      word `json:"from"`
	FromUser  word `json:"from_user_id"`
	Parent    word `json:"from_parent_user_id"`
	To        word `json:"to"`
	Event     word `json:"event"`
	Direction word `json:"direction"`
	Timestamp word `json:"timestamp"`
	Session   struct {
		Type word `json:"sdp_type"`
	} `json:"session"`
	// Of one that is over. When it began and how long it took is there only when
	// somebody took it.
	Status   word      `json:"status"`
	Start    word      `json:"start_time"`
	End      word      `json:"end_time"`
	Duration word      `json:"duration"`
	Errors   []failure `json:"errors"`
}

// call reads one word about a call. Those that a business makes are told of at
// the same place, and are no customer's: they are only noted, as is whatever
// names no caller.
func (c change) call(raw []byte, people []person) channels.Event {
	var told call
	if lenient(raw, &told) != nil || !named(told.ID) || told.outgoing(c.Value.Metadata.Display) {
		return c.noted(raw)
	}
	p := who(people, told.From, told.FromUser)
	theirs, also := addresses(first(told.From, p.WaID), first(told.FromUser, p.UserID), first(told.Parent, p.Parent))
	if theirs == "" {
		return c.noted(raw)
	}
	e := c.event("", string(told.ID+"/"+told.Event), raw)
	e.CustomerAddress, e.Also, e.At = theirs, also, instant(told.Timestamp)
	e.Call = &channels.Call{ID: string(told.ID), Elsewhere: true, Name: fit.Line(string(p.Profile.Name), maxPlain)}
	switch told.Event {
	case "connect":
		e.Kind, e.Call.Step = channels.CallStepped, channels.StepRinging
	case "terminate":
		e.Kind = channels.CallEnded
		told.ended(e.Call)
		if at := instant(told.End); e.At.IsZero() {
			e.At = at
		}
	default:
		return c.noted(raw)
	}
	return e
}

// ended is how a call ended. Meta says of both, those that nobody took and those
// that were spoken on, that they are completed or failed; only the latter have
// begun.
func (told call) ended(c *channels.Call) {
	c.Facts = map[string]string{"status": fit.Line(string(told.Status), maxPlain)}
	for _, e := range told.Errors {
		c.Facts["errors.code"] = fit.Line(string(e.Code), 16)
	}
	seconds, err := strconv.Atoi(string(told.Duration))
	if err != nil || seconds < 0 {
		seconds = max(0, int(instant(told.End).Sub(instant(told.Start)).Seconds()))
	}
	if told.Start == "" && seconds == 0 {
		c.Status, c.Dial = "no-answer", &channels.Dial{Status: "no-answer"}
		return
	}
	seconds = min(seconds, maxCall)
	c.Status, c.Seconds = "completed", &seconds
	c.Dial = &channels.Dial{Status: "completed", Bridged: true, Seconds: seconds}
}

// maxCall bounds the length that is believed, in seconds.
const maxCall = 24 * 60 * 60

// outgoing reports whether the business calls. Where nothing names the direction,
// who offers the connection does: the caller.
func (told call) outgoing(ours word) bool {
	switch told.Direction {
	case "USER_INITIATED":
		return false
	case "BUSINESS_INITIATED":
		return true
	}
	return told.Session.Type == "answer" || told.From != "" && told.From == digitsOf(ours)
}

// digitsOf is a number as Meta shows it to people, in the form in which it is an
// address.
func digitsOf(shown word) word {
	return word(strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, string(shown)))
}
