package twilio

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shape is what Twilio's reference says of one element.
type shape struct {
	attrs    map[string]check
	children []string
	text     check // nil: nothing may stand in it
}

// check reports whether a value is one that Twilio knows.
type check func(value string) bool

// shapes are the elements that the simulator plays, with all the attributes
// that Twilio documents for them (twilio.com/docs/voice/twiml).
var shapes = map[string]shape{
	"Response": {children: []string{"Say", "Play", "Pause", "Gather", "Dial", "Record", "Redirect", "Hangup", "Reject"}},
	"Say": {
		attrs: map[string]check{"voice": filled, "language": language, "loop": between(0, 1000)},
		text:  func(s string) bool { return filled(s) && utf8.RuneCountInString(s) <= 4096 },
	},
	"Play": {
		attrs: map[string]check{"loop": between(0, 1000), "digits": keys(`^[0-9A-DwW#*]+$`)},
		text:  func(s string) bool { return s == "" || address(s) },
	},
	"Pause": {attrs: map[string]check{"length": between(1, 14400)}},
	"Gather": {
		attrs: map[string]check{
			"input": oneOf("dtmf", "speech", "dtmf speech", "speech dtmf"), "action": address, "method": method,
			"timeout": between(1, 14400), "finishOnKey": keys(`^[0-9#*]?$`), "numDigits": between(1, 1000),
			"actionOnEmptyResult": boolean, "language": language, "hints": anything, "bargeIn": boolean, "debug": boolean,
			"speechTimeout": filled, "maxSpeechTime": between(1, 600), "speechModel": filled, "enhanced": boolean,
			"profanityFilter": boolean, "partialResultCallback": address, "partialResultCallbackMethod": method,
		},
		children: []string{"Say", "Play", "Pause"},
	},
	"Dial": {
		attrs: map[string]check{
			"action": address, "method": method, "timeout": between(5, 600), "timeLimit": between(1, 86400),
			"hangupOnStar": boolean, "callerId": keys(`^(\+[1-9][0-9]{6,14}|client:\S+)$`), "answerOnBridge": boolean,
			"sequential": boolean, "ringTone": keys(`^([a-z]{2}|us-old)$`), "referUrl": address, "referMethod": method,
			"record": oneOf("do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual", "record-from-ringing-dual", "true", "false"),
			"trim":   trim, "recordingTrack": oneOf("inbound", "outbound", "both"),
			"recordingStatusCallback": address, "recordingStatusCallbackMethod": method, "recordingStatusCallbackEvent": recordingEvents,
		},
		children: []string{"Number"},
		text:     func(s string) bool { return s == "" || e164.MatchString(s) },
	},
	"Number": {
		attrs: map[string]check{
			"url": address, "method": method, "sendDigits": keys(`^[0-9A-DwW#*]+$`), "byoc": keys(`^BY[0-9a-f]{32}$`),
			"statusCallback": address, "statusCallbackMethod": method, "statusCallbackEvent": some("initiated", "ringing", "answered", "completed"),
			"machineDetection": oneOf("Enable", "DetectMessageEnd"), "machineDetectionTimeout": between(3, 59),
			"machineDetectionSpeechThreshold": between(1000, 6000), "machineDetectionSpeechEndThreshold": between(500, 5000),
			"machineDetectionSilenceTimeout": between(2000, 10000), "amdStatusCallback": address, "amdStatusCallbackMethod": method,
		},
		text: e164.MatchString,
	},
	"Record": {attrs: map[string]check{
		"action": address, "method": method, "timeout": between(0, 14400), "finishOnKey": keys(`^[0-9#*]*$`),
		"maxLength": between(2, 14400), "playBeep": boolean, "trim": trim, "transcribe": boolean, "transcribeCallback": address,
		"recordingStatusCallback": address, "recordingStatusCallbackMethod": method, "recordingStatusCallbackEvent": recordingEvents,
	}},
	"Redirect": {attrs: map[string]check{"method": method}, text: func(s string) bool { return filled(s) && address(s) }},
	"Hangup":   {},
	"Reject":   {attrs: map[string]check{"reason": oneOf("rejected", "busy")}},
}

var (
	boolean         = oneOf("true", "false")
	method          = oneOf("GET", "POST")
	trim            = oneOf("trim-silence", "do-not-trim")
	recordingEvents = some("in-progress", "completed", "absent")
	language        = keys(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// maxNumbers is how many phones one Dial may ring.
const maxNumbers = 10

// flaw is something that the grammar has against a document. Twilio warns of
// it and goes on, but for an element that it does not know.
type flaw struct {
	what  string
	fatal bool
}

// flaws holds an element, and what is in it, to the grammar.
func flaws(n *node) []flaw {
	s, known := shapes[n.name]
	if !known {
		return []flaw{{fmt.Sprintf("<%s> is nothing that is played here", n.name), true}}
	}
	var found []flaw
	complain := func(format string, args ...any) { found = append(found, flaw{what: fmt.Sprintf(format, args...)}) }
	for _, name := range slices.Sorted(maps.Keys(n.attrs)) {
		value := n.attrs[name]
		if fits, ok := s.attrs[name]; !ok {
			complain("<%s> has no %s", n.name, name)
		} else if !fits(value) {
			complain("<%s %s=%q>", n.name, name, value)
		}
	}
	text := strings.TrimSpace(n.text)
	switch {
	case s.text == nil && text != "", s.text != nil && !s.text(text):
		complain("<%s> with the text %q", n.name, text)
	case n.name == "Play" && text == "" && n.attrs["digits"] == "":
		complain("<Play> with nothing to play")
	case n.name == "Dial" && (text == "") == (len(n.children) == 0):
		complain("<Dial> with no number, or with two kinds of them")
	case n.name == "Dial" && len(n.children) > maxNumbers:
		complain("<Dial> with %d numbers", len(n.children))
	}
	for _, child := range n.children {
		if _, known := shapes[child.name]; known && !slices.Contains(s.children, child.name) {
			found = append(found, flaw{fmt.Sprintf("<%s> in <%s>", child.name, n.name), true})
			continue
		}
		found = append(found, flaws(child)...)
	}
	return found
}

func anything(string) bool      { return true }
func filled(s string) bool      { return strings.TrimSpace(s) != "" }
func keys(pattern string) check { return regexp.MustCompile(pattern).MatchString }

func oneOf(values ...string) check {
	return func(s string) bool { return slices.Contains(values, s) }
}

// some is a list of words with spaces between them.
func some(values ...string) check {
	return func(s string) bool {
		words := strings.Fields(s)
		return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(values, w) })
	}
}

func between(least, most int) check {
	return func(s string) bool {
		n, err := strconv.Atoi(s)
		return err == nil && n >= least && n <= most
	}
}

// address is a URL, absolute or not. Twilio refuses hosts with an underscore.
func address(s string) bool {
	u, err := url.Parse(s)
	if err != nil || s != strings.TrimSpace(s) || len(s) > 4000 || strings.Contains(u.Host, "_") {
		return false
	}
	return u.Scheme == "" && u.Host == "" || (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
