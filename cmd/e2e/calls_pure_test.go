package e2e

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/schedule"
)

// monday10 is when the calls of the table come.
var monday10 = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// told is one line of a call as the provider tells it. A request asks what the
// caller hears next: without it there is no next. Any other may be lost.
type told struct {
	what  string // in words; the same for a line that is told twice
	entry calls.Entry
	end   *calls.End // with the final status
	asks  bool
}

// player plays a call through the flow by itself, as a provider would by the
// scripts: no provider, no gateway, no database.
type player struct {
	team   *settings.Snapshot
	leaves channels.Step
	at     time.Time
	lines  []told
	asked  int
}

// play is the call of a row. Where the flow never leads while closed, the team
// has a phone system of its own that reports the step.
func (r row) play(team *settings.Snapshot) []told {
	p := &player{team: team, leaves: r.leaves, at: monday10}
	if r.reported() {
		p.report()
	} else {
		p.ask(channels.CallArrived, channels.Place{}, "", nil)
	}
	return append(p.lines, p.final())
}

// reported is whether our own flow never leads to the step at those hours.
func (r row) reported() bool {
	closed := r.hours == hoursClosed || r.hours == hoursNone
	early := !slices.Contains([]channels.Step{channels.StepVoicemailPrompt, channels.StepRecording, silent}, r.leaves)
	menu := r.leaves == channels.StepMenu || r.leaves == channels.StepOptionChosen
	return closed && early || r.hours == hoursOnCall && menu
}

// report is the call as another phone system tells it.
func (p *player) report() {
	for _, step := range leavings[:slices.Index(leavings, p.leaves)+1] {
		e := calls.Entry{Kind: channels.CallStepped, At: p.at, Call: channels.Call{Step: step}}
		p.lines = append(p.lines, told{what: "step " + string(step), entry: e, asks: true})
		p.at = p.at.Add(5 * time.Second)
	}
}

func (p *player) final() told {
	seconds := int(p.at.Sub(monday10).Seconds())
	end := &calls.End{Status: "completed", Seconds: &seconds, At: p.at}
	return told{what: "the final status", end: end, entry: calls.Entry{Kind: channels.CallEnded, At: p.at, Call: channels.Call{Status: "completed", Seconds: &seconds}}}
}

// ask asks for the script at a place and plays it. Each answer is noted in the
// journal with the steps that it takes the caller to.
func (p *player) ask(kind channels.EventKind, place channels.Place, digits string, dial *channels.Dial) {
	script, steps := calls.Next(calls.Question{Team: p.team, Sender: "line", Number: ours, Place: place, Digits: digits, Dial: dial, Now: p.at})
	p.asked++
	p.note(fmt.Sprintf("request %d", p.asked), kind, channels.Call{Dial: dial, Round: place.Round}, true)
	at := channels.StepGreeting
	for _, s := range steps {
		at = s.Step
		p.note(fmt.Sprintf("request %d", p.asked), channels.CallStepped, channels.Call{Step: s.Step, Option: s.Option, Advisor: s.Advisor, Round: s.Round}, true)
	}
	for _, verb := range script {
		if p.verb(verb, at) {
			return
		}
	}
}

func (p *player) note(what string, kind channels.EventKind, call channels.Call, asks bool) {
	p.lines = append(p.lines, told{what: what, asks: asks, entry: calls.Entry{Kind: kind, At: p.at, Call: call}})
}

// verb plays one verb and reports whether the call went on elsewhere or ended.
func (p *player) verb(verb channels.Verb, at channels.Step) bool {
	p.at = p.at.Add(4 * time.Second)
	switch v := verb.(type) {
	case channels.Say:
		return at == p.leaves
	case channels.Go:
		if at != p.leaves {
			p.ask(channels.CallNoted, v.Next, "", nil)
		}
	case channels.Gather:
		if at != p.leaves {
			p.ask(channels.CallNoted, v.Next, map[bool]string{true: "2", false: "1"}[p.leaves == channels.StepOptionChosen], nil)
		}
	case channels.Ring:
		p.ring(v)
	case channels.Record:
		p.record()
	}
	return true
}

// ring rings the advisor: nobody answers in a call that goes on.
func (p *player) ring(v channels.Ring) {
	leg := func(status string) {
		p.note("how the advisor's phone fares", channels.CallNoted, channels.Call{Advisor: "maria", Facts: map[string]string{"CallSid": "leg", "CallStatus": status}}, false)
	}
	leg("initiated")
	leg("ringing")
	p.at = p.at.Add(time.Duration(v.Seconds) * time.Second)
	switch p.leaves {
	case channels.StepRinging:
		leg("no-answer")
		d := &channels.Dial{Status: "no-answer", Leg: "leg"}
		p.note("the ringing's end", channels.CallDialed, channels.Call{Dial: d, Facts: map[string]string{"CallStatus": "completed"}}, false)
	case channels.StepAnswered:
		leg("in-progress")
		whisper, _ := calls.Next(calls.Question{Team: p.team, Place: v.Lines[0].Whisper, Now: p.at})
		_, steps := calls.Next(calls.Question{Team: p.team, Place: whisper[0].(channels.Gather).Next, Digits: "1", Now: p.at})
		for _, s := range steps {
			p.note("the advisor's key", channels.CallStepped, channels.Call{Step: s.Step, Advisor: s.Advisor}, true)
		}
		p.at = p.at.Add(time.Minute)
		leg("completed")
		d := &channels.Dial{Status: "completed", Bridged: true, Seconds: 60, Leg: "leg"}
		p.note("the ringing's end", channels.CallDialed, channels.Call{Dial: d, Facts: map[string]string{"CallStatus": "completed"}}, false)
	default:
		leg("busy")
		p.ask(channels.CallDialed, v.Next, "", &channels.Dial{Status: "busy", Leg: "leg"})
	}
}

func (p *player) record() {
	seconds := 0
	if p.leaves == channels.StepRecording {
		seconds = 8
		p.at = p.at.Add(8 * time.Second)
		p.note("the recording's end", channels.CallNoted, channels.Call{Recording: &channels.Recording{ID: "RE1", Seconds: 8}}, false)
	}
	rec := &channels.Recording{ID: "RE1", Seconds: seconds, Absent: seconds == 0}
	p.note("the recording", channels.CallRecorded, channels.Call{Recording: rec}, false)
}

// comesTo is what the lines come to, in whatever order and number they are, and
// how long after the call's end, or after its last line, that is known.
func comesTo(lines []told) (was calls.Result, over time.Time, after time.Duration) {
	var journal []calls.Entry
	var end calls.End
	for _, line := range lines {
		journal = append(journal, line.entry)
		if line.end != nil {
			end = *line.end
		}
		if line.entry.At.After(over) {
			over = line.entry.At
		}
	}
	due := calls.Due(journal, end)
	if end.At.IsZero() {
		end.At = over
	}
	return calls.Settle(journal, monday10, end), end.At, due.Sub(end.At)
}

// come is what a call that was settled does in a row.
func (r row) come(team *settings.Snapshot, was calls.Result, over time.Time, after time.Duration) fate {
	var opened time.Time
	if r.age >= 0 {
		opened = monday10.AddDate(0, 0, -r.age)
	}
	ticket := calls.TicketEffect(was.Outcome, opened, over, r.ringLast, r.create)
	d := rules.Decide(rules.Situation{
		Now: over.Add(after), Event: rules.Event{Kind: rules.CallSettled, At: monday10, Channel: channels.SMS, Sender: "texts", From: caller},
		Call: rules.Call{Outcome: string(was.Outcome), Step: was.Step, Ended: over},
		Team: team, Hours: rules.HoursAt(team, monday10),
	})
	if d.Outcome != rules.Sent {
		d.Automation = string(d.Reason)
	}
	return fate{string(was.Outcome), d.Automation, string(ticket)}
}

// snapshot is a team of a row's hours that offers 1 for an advisor and 2 for
// the voicemail.
func snapshot(t *testing.T, at string) *settings.Snapshot {
	t.Helper()
	team := newTeam()
	team.Voice.Options = []settings.Option{
		{Digit: "1", Label: "Service", To: settings.ToAdvisors, Advisors: []string{"maria"}}, {Digit: "2", Label: "Voicemail", To: settings.ToVoicemail},
	}
	s := &settings.Snapshot{
		Company: "Green Valley", ContactPerHour: 10, ContactPerDay: 30, Team: team, Voice: team.Voice, Automations: map[string]automations.Setting{},
		Senders: []settings.Sender{{ID: "texts", Kind: channels.SMS, Address: ours}},
		Rings:   map[string][]string{"it": {"maria"}}, Advisors: map[string]settings.Advisor{"maria": {ID: "maria", Name: "Maria", Phone: answers}},
	}
	for _, d := range automations.All {
		s.Automations[d.Key] = d.Initial()
	}
	var all []schedule.Schedule
	if spec, ok := scheduleOf(at); ok {
		spec.ID = "it"
		one, err := schedule.New(spec)
		require.NoError(t, err)
		all = append(all, one)
	}
	s.Schedules = schedule.NewSet(all)
	return s
}

// scheduleOf is the only schedule of a team of those hours; false: it has none.
func scheduleOf(at string) (schedule.Spec, bool) {
	no := false
	spec := schedule.Spec{Title: at, TimeZone: "America/Chicago", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00", RRule: "FREQ=DAILY", Enabled: true}
	switch at {
	case hoursClosed:
		spec.StartsAt, spec.EndsAt = "2026-01-05T18:00", "2026-01-05T20:00"
	case hoursOnCall:
		spec.BusinessHours = &no
	case hoursNone:
		return spec, false
	}
	return spec, true
}

// TestEveryCall: each step at which a caller may leave, with each state of the
// schedules, the switches and the caller's ticket, comes to what is told of it.
func TestEveryCall(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		team := snapshot(t, r.hours)
		was, over, after := comesTo(r.play(team))
		require.Equal(t, r.foretold(), r.come(team, was, over, after), "%v", r)
	}
}

// TestEveryCallWithoutOneLine: a line that is lost changes nothing of what comes
// of the call. Only of a conversation whose end nobody ever told, because the
// team's own phone system connected it, is it known too late for a text.
func TestEveryCallWithoutOneLine(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		team := snapshot(t, r.hours)
		lines := r.play(team)
		for i, line := range lines {
			if line.asks {
				continue
			}
			want := r.foretold()
			if line.end != nil && r.leaves == channels.StepAnswered && r.reported() {
				want.Automation = string(rules.ReasonExpired)
			}
			was, over, after := comesTo(slices.Delete(slices.Clone(lines), i, i+1))
			require.Equal(t, want, r.come(team, was, over, after), "%v, without %s", r, line.what)
		}
	}
}

// TestEveryCallHoweverItIsTold: the lines of each call doubled, each and all,
// and in other orders, are the same call, settled at the same time. With any
// line lost that can be, in whatever order the others come, it still is the
// same call; only when it is settled may differ.
func TestEveryCallHoweverItIsTold(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		if r.ringLast || r.create || r.age >= 0 {
			continue // the call itself is the same
		}
		lines := r.play(snapshot(t, r.hours))
		want, _, after := comesTo(lines)
		for how := range arrangements(lines) {
			was, _, then := comesTo(how)
			require.True(t, same(want, was) && want.Waited == was.Waited && after == then, "%v, as %v: %v after %v", r, how, was, then)
		}
		for i := range lines {
			if lines[i].asks {
				continue
			}
			for how := range arrangements(slices.Delete(slices.Clone(lines), i, i+1)) {
				was, _, _ := comesTo(how)
				require.True(t, same(want, was), "%v, without %s, as %v: %v", r, lines[i].what, how, was)
			}
		}
	}
}

// same is whether two calls came to the same; a recording that is announced is
// the one that is ready later.
func same(a, b calls.Result) bool {
	return a.Outcome == b.Outcome && a.Step == b.Step && a.Advisor == b.Advisor && (a.Recording == nil) == (b.Recording == nil) &&
		(a.Recording == nil || *a.Recording == *b.Recording)
}

// arrangements are the lines in other orders and numbers: of few lines all
// orders; of more each line moved to each other place, and all backwards.
func arrangements(lines []told) iter.Seq[[]told] {
	return func(yield func([]told) bool) {
		backwards := slices.Clone(lines)
		slices.Reverse(backwards)
		if !yield(slices.Concat(lines, lines)) || !yield(backwards) || len(lines) < 7 && !permuted(slices.Clone(lines), 0, yield) {
			return
		}
		for i, line := range lines {
			rest := slices.Delete(slices.Clone(lines), i, i+1)
			for j := range lines {
				if !yield(slices.Insert(slices.Clone(rest), j, line)) || !yield(slices.Insert(slices.Clone(lines), j, line)) {
					return
				}
			}
		}
	}
}

func permuted(lines []told, from int, yield func([]told) bool) bool {
	if from == len(lines) {
		return yield(lines)
	}
	for i := from; i < len(lines); i++ {
		lines[from], lines[i] = lines[i], lines[from]
		if !permuted(lines, from+1, yield) {
			return false
		}
		lines[from], lines[i] = lines[i], lines[from]
	}
	return true
}
