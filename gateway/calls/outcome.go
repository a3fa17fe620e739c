package calls

import (
	"slices"
	"time"

	"ringback/channels"
)

// Entry is one line of a call's journal.
type Entry struct {
	Kind channels.EventKind `json:"kind"`
	At   time.Time          `json:"at"` // when the door received it
	Call channels.Call      `json:"call"`
}

// End is how a call ended, as far as the provider said.
type End struct {
	Status  string // empty: it never said
	Seconds *int   // nil: it did not say how long
	At      time.Time
}

// Outcome is what a call came to.
type Outcome string

// The outcomes.
const (
	Answered  Outcome = "answered"
	Voicemail Outcome = "voicemail"
	HungUp    Outcome = "hung_up" // during the greeting, after an option, while it rang
	Missed    Outcome = "missed"  // in the menu, at the voicemail, or nobody answered
	TooShort  Outcome = "too_short"
)

// Result is what a call was.
type Result struct {
	Outcome   Outcome
	Step      channels.Step // the last that the caller came to
	Waited    time.Duration
	Advisor   string // who answered
	Recording *channels.Recording
}

const (
	shortest = 3 * time.Second // less, and never past the greeting: a wrong number
	spoken   = 2               // seconds of a recording that are a voicemail
)

// order is the flow's own: callbacks come in any order, and the furthest step
// tells where the caller was.
var order = []channels.Step{
	"", channels.StepGreeting, channels.StepMenu, channels.StepOptionChosen, channels.StepRinging,
	channels.StepVoicemailPrompt, channels.StepRecording, channels.StepAnswered,
}

// Settle says what a call was. Doubled and reordered lines change nothing.
func Settle(journal []Entry, started time.Time, end End) Result {
	r := Result{}
	rung := false
	for _, e := range journal {
		if slices.Index(order, e.Call.Step) > slices.Index(order, r.Step) {
			r.Step = e.Call.Step
		}
		if e.Call.Step == channels.StepAnswered {
			r.Outcome, r.Advisor = Answered, e.Call.Advisor
		}
		if d := e.Call.Dial; d != nil && d.Bridged {
			r.Outcome = Answered
			if r.Advisor == "" {
				r.Advisor = e.Call.Advisor
			}
		}
		rung = rung || unanswered(e, end)
		if rec := e.Call.Recording; e.Kind == channels.CallRecorded && rec != nil && !rec.Absent && rec.Seconds >= spoken {
			r.Recording = rec
		}
	}
	r.Waited = end.At.Sub(started)
	if end.Seconds != nil && *end.Seconds > 0 {
		r.Waited = time.Duration(*end.Seconds) * time.Second
	}
	if r.Outcome == "" {
		r.Outcome = r.unanswered(rung)
	}
	return r
}

// unanswered reports whether ringing ended while the caller was still there.
func unanswered(e Entry, end End) bool {
	d := e.Call.Dial
	return d != nil && !d.Bridged && !(d.Status == "canceled" || e.Call.Facts["CallStatus"] == "completed" || e.Call.Facts["CallStatus"] == "no-answer")
}

func (r Result) unanswered(rung bool) Outcome {
	switch {
	case r.Recording != nil:
		return Voicemail
	case r.Waited < shortest && (r.Step == "" || r.Step == channels.StepGreeting):
		return TooShort
	case r.Step == channels.StepMenu, r.Step == channels.StepVoicemailPrompt, r.Step == channels.StepRecording:
		return Missed
	case r.Step == channels.StepRinging && rung:
		return Missed
	}
	return HungUp
}

// After its end a call waits a moment for lines that are under way, and longer
// for a recording; without an end it is taken for over after limit.
const (
	settling  = 5 * time.Second
	recording = 30 * time.Second
	limit     = 60 * time.Second
	ringLimit = 60 * time.Second // the longest that a team may ring one advisor
)

// Due is when a call can be settled, as far as is known.
func Due(journal []Entry, end End) time.Time {
	var last time.Time
	recorded, step := false, channels.Step("")
	for _, e := range journal {
		if e.At.After(last) {
			last = e.At
		}
		recorded = recorded || e.Kind == channels.CallRecorded
		if slices.Index(order, e.Call.Step) > slices.Index(order, step) {
			step = e.Call.Step
		}
	}
	switch {
	case end.Status == "" && step == channels.StepAnswered:
		return last.Add(4*time.Hour + limit) // the longest that a provider lets two people talk
	case end.Status == "" && step == channels.StepRecording:
		return last.Add(voicemails*time.Second + limit)
	case end.Status == "":
		return last.Add(ringLimit + limit)
	case step == channels.StepRecording && !recorded:
		return end.At.Add(recording)
	}
	return end.At.Add(settling)
}
