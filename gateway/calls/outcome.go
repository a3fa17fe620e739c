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
	shortest = 3 * time.Second // less, and never past the first thing that is heard: a wrong number
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
	r := Result{Step: furthest(journal), Recording: recordingOf(journal)}
	r.Waited = end.At.Sub(started)
	if end.Seconds != nil && *end.Seconds > 0 {
		r.Waited = time.Duration(*end.Seconds) * time.Second
	}
	if talked, advisor := answered(journal); talked {
		r.Outcome, r.Advisor = Answered, advisor
		return r
	}
	if slices.ContainsFunc(journal, elsewhere) {
		r.Outcome = r.notTaken(end)
		return r
	}
	if r.Step == "" && end.Status == "busy" && slices.ContainsFunc(journal, arrived) {
		r.Outcome = TooShort // we let it hear a busy tone
		return r
	}
	r.Outcome = r.unanswered(end, nobodyCame(journal), barelyBegun(journal))
	return r
}

// arrived reports whether we were asked what the caller hears.
func arrived(e Entry) bool { return e.Kind == channels.CallArrived }

func elsewhere(e Entry) bool { return e.Call.Elsewhere }

// Name is what the caller calls themselves; empty: nobody told.
func Name(journal []Entry) (name string) {
	for _, e := range journal {
		if e.Call.Name != "" {
			name = e.Call.Name
		}
	}
	return name
}

// Verstat is what the network says of the caller's number; empty: nothing.
func Verstat(journal []Entry) string {
	for _, e := range journal {
		if said := e.Call.Facts["StirVerstat"]; said != "" {
			return said
		}
	}
	return ""
}

// ringsOut is how long a call rings that another system takes, before it is that
// nobody came and not that the caller gave up. Meta ends one that is not taken
// after 30 to 60 seconds.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-initiated-calls
const ringsOut = 30 * time.Second

// notTaken is what a call was that another system did not take. Nothing is heard
// before the ringing, so that a moment of it is a wrong number; without its
// beginning nobody knows how long it rang.
func (r Result) notTaken(end End) Outcome {
	switch {
	case end.Status == "" || r.Step == "":
		return Missed
	case r.Waited < shortest:
		return TooShort
	case r.Waited < ringsOut:
		return HungUp
	}
	return Missed
}

func furthest(journal []Entry) (step channels.Step) {
	for _, e := range journal {
		if slices.Index(order, e.Call.Step) > slices.Index(order, step) {
			step = e.Call.Step
		}
	}
	return step
}

// barelyBegun reports whether the caller never came past the first thing they
// heard: the greeting or, while the team is closed, the announcement in its place.
func barelyBegun(journal []Entry) bool {
	heard := map[channels.Step]bool{}
	for _, e := range journal {
		heard[e.Call.Step] = true
	}
	delete(heard, "")
	return len(heard) == 0 || len(heard) == 1 && (heard[channels.StepGreeting] || heard[channels.StepVoicemailPrompt])
}

// answered reports whether an advisor took the call: pressed 1, or was
// connected. Who that was is not known of every call.
func answered(journal []Entry) (yes bool, advisor string) {
	for _, e := range journal {
		d := e.Call.Dial
		switch {
		case e.Call.Step == channels.StepAnswered:
			yes = true
			if e.Call.Advisor != "" {
				return true, e.Call.Advisor
			}
		case d != nil && d.Bridged:
			yes = true
			if advisor == "" {
				advisor = rang(journal, e.Call)
			}
		}
	}
	return yes, advisor
}

// rang is the advisor whose phone the ended ringing is about: the one of that
// leg, or the only one of the round.
func rang(journal []Entry, dialed channels.Call) (advisor string) {
	for _, e := range journal {
		switch {
		case e.Call.Advisor == "":
		case dialed.Dial.Leg != "" && e.Call.Facts["CallSid"] == dialed.Dial.Leg:
			return e.Call.Advisor
		case e.Call.Step == channels.StepRinging && e.Call.Round == dialed.Round:
			advisor = e.Call.Advisor
		}
	}
	return advisor
}

// nobodyCame reports whether the last ringing ended while the caller was still
// there. That an earlier advisor did not answer says nothing: they left while
// it rang for the next.
func nobodyCame(journal []Entry) bool {
	begun, over := -1, -1
	for _, e := range journal {
		if e.Call.Step == channels.StepRinging {
			begun = max(begun, e.Call.Round)
		}
		status := e.Call.Facts["CallStatus"]
		if d := e.Call.Dial; d != nil && d.Status != "canceled" && status != "completed" && status != "no-answer" {
			over = max(over, e.Call.Round)
		}
	}
	return over >= 0 && over >= begun
}

// recordingOf is the voicemail, if there is one. Where nobody told whether the
// recording is ready, what was announced when it ended has to do.
func recordingOf(journal []Entry) (found *channels.Recording) {
	told := false
	for _, e := range journal {
		rec, ready := e.Call.Recording, e.Kind == channels.CallRecorded
		if rec == nil || told && !ready {
			continue
		}
		if ready && !told {
			told, found = true, nil
		}
		if !rec.Absent && rec.Seconds >= spoken {
			found = rec
		}
	}
	return found
}

// unanswered is what a call was that nobody answered. Of a call whose end
// nobody told, nobody knows that it was short.
func (r Result) unanswered(end End, nobodyCame, barelyBegun bool) Outcome {
	switch {
	case r.Recording != nil:
		return Voicemail
	case end.Status != "" && r.Waited < shortest && barelyBegun:
		return TooShort
	case r.Step == channels.StepMenu, r.Step == channels.StepVoicemailPrompt, r.Step == channels.StepRecording:
		return Missed
	case r.Step == channels.StepRinging && nobodyCame:
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

	conversation = 4 * time.Hour // the longest that a provider lets two people talk
)

// Due is when a call can be settled, as far as is known.
func Due(journal []Entry, end End) time.Time {
	var last, taken, rung time.Time // the last line, when an advisor took the call, when ringing ended
	recorded, step := false, furthest(journal)
	for _, e := range journal {
		last = later(last, e.At)
		recorded = recorded || e.Kind == channels.CallRecorded
		if e.Call.Step == channels.StepAnswered {
			taken = later(taken, e.At)
		}
		if e.Call.Dial != nil {
			rung = later(rung, e.At)
		}
	}
	switch {
	case end.Status == "" && slices.ContainsFunc(journal, elsewhere): // they may talk
		return last.Add(conversation + limit)
	case end.Status == "" && step == channels.StepAnswered && rung.Before(taken):
		return last.Add(conversation + limit)
	case end.Status == "" && step == channels.StepRecording && !recorded:
		return last.Add(voicemails*time.Second + limit)
	case end.Status == "":
		return last.Add(ringLimit + limit)
	case step == channels.StepRecording && !recorded:
		return end.At.Add(recording)
	}
	return end.At.Add(settling)
}

// early is how long before a call would be taken for over its provider is asked.
const early = 20 * time.Second

// AskAt is when the provider is to be asked what the call is doing: before it is
// settled without an end, where a team's own phone system takes the calls and
// somebody may be on hold. Zero: not at all.
func AskAt(journal []Entry, end End) time.Time {
	ours := slices.ContainsFunc(journal, func(e Entry) bool { return e.Kind == channels.CallArrived })
	if ours || end.Status != "" || slices.ContainsFunc(journal, elsewhere) {
		return time.Time{}
	}
	return Due(journal, end).Add(-early)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
