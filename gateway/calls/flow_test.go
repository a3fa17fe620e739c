package calls_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/settings"
	"ringback/settings/schedule"
)

var (
	monday = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	sunday = time.Date(2026, 6, 7, 10, 0, 0, 0, time.UTC)
)

// hours are on weekdays from eight to five.
func hours(t require.TestingT, business *bool) *schedule.Set {
	s, err := schedule.New(schedule.Spec{
		ID: "weekdays", Title: "Weekdays", TimeZone: "UTC", StartsAt: "2026-06-01T08:00", EndsAt: "2026-06-01T17:00",
		RRule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", Enabled: true, BusinessHours: business, Created: monday,
	})
	require.NoError(t, err)
	return schedule.NewSet([]schedule.Schedule{s})
}

// newTeam rings ann, then bob, on weekdays.
func newTeam(t require.TestingT) *settings.Snapshot {
	v := settings.NewVoice()
	v.Greeting.Text, v.Menu.Text, v.Leave.Text, v.Closed.Text = "Hello", "Choose", "Leave a message", "We are closed"
	return &settings.Snapshot{
		Team: settings.Team{DisplayName: "GVE", Language: "en"}, Voice: v, Schedules: hours(t, nil),
		Advisors: map[string]settings.Advisor{"ann": {ID: "ann", Phone: "+1ann"}, "bob": {ID: "bob", Phone: "+1bob"}},
		Rings:    map[string][]string{"weekdays": {"ann", "bob"}},
	}
}

// call plays a caller's way through the flow: what each request is answered
// with, one line each, with the steps that it takes the caller to in brackets.
// Inputs are the digits of a menu, "" for none, and how a ringing ended.
func call(team *settings.Snapshot, now time.Time, first string, inputs ...string) (heard []string) {
	place := channels.Place{}
	var digits string
	var dial *channels.Dial
	next := func() (input string) {
		if len(inputs) > 0 {
			input, inputs = inputs[0], inputs[1:]
		}
		return input
	}
	for range 100 {
		script, steps := calls.Next(calls.Question{Team: team, Sender: "called", Number: "+1ours", Place: place, Digits: digits, Dial: dial, First: first, Now: now})
		digits, dial = "", nil
		var words []string
		for _, s := range steps {
			words = append(words, strings.TrimSpace(fmt.Sprintf("[%s %s%s]", s.Step, s.Option, s.Advisor)))
		}
		onward := false
		for _, v := range script {
			switch verb := v.(type) {
			case channels.Say:
				words = append(words, "say "+verb.Text)
			case channels.Play:
				words = append(words, "play "+verb.URL)
			case channels.Gather:
				for _, p := range verb.Prompts {
					if say, ok := p.(channels.Say); ok {
						words = append(words, "ask "+say.Text)
					}
				}
				place, digits, onward = verb.Next, next(), true
			case channels.Ring:
				for _, l := range verb.Lines {
					words = append(words, "ring "+l.Number)
				}
				ended := next()
				place, dial, onward = verb.Next, &channels.Dial{Status: ended, Bridged: ended == "bridged"}, true
			case channels.Record:
				words = append(words, "record")
				place, onward = verb.Next, true
			case channels.Go:
				if verb.Next.Team != "" {
					words = append(words, "go to team "+verb.Next.Team)
					return append(heard, strings.Join(words, ", "))
				}
				place, onward = verb.Next, true
			case channels.Hangup:
				words = append(words, "hang up")
			}
		}
		if len(words) > 0 {
			heard = append(heard, strings.ReplaceAll(strings.Join(words, ", "), " ]", "]"))
		}
		if !onward {
			return heard
		}
	}
	return append(heard, "for ever")
}

// TestWhatACallerHears: a team, a moment and what the caller and the advisors
// do, and each answer.
func TestWhatACallerHears(t *testing.T) {
	no := false
	tree := []settings.Option{
		{Digit: "1", Label: "Repair", To: settings.ToAdvisors, Advisors: []string{"bob"}},
		{Digit: "2", Label: "Sales", To: settings.ToTeam, Team: "sales"},
		{Digit: "3", Label: "Message", To: settings.ToVoicemail},
	}
	const menu = "[menu], ask Choose, ask 1: Repair, ask 2: Sales, ask 3: Message"
	const bye = "say Thank you. Goodbye."
	for name, c := range map[string]struct {
		change func(*settings.Snapshot)
		now    time.Time
		first  string
		inputs []string
		want   []string
	}{
		"the first advisor answers": {nil, monday, "", []string{"bridged"}, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "hang up",
		}},
		"the second answers": {nil, monday, "", []string{"busy", "bridged"}, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "[ringing bob], ring +1bob", "hang up",
		}},
		"a voicemail that took the call is nobody": {nil, monday, "", []string{"completed", "completed"}, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "[ringing bob], ring +1bob", "[voicemail_prompt], say Leave a message", "[recording], record", bye,
		}},
		"who has the ticket rings first": {nil, monday, "bob", []string{"no-answer", "bridged"}, []string{
			"[greeting], say Hello", "[ringing bob], ring +1bob", "[ringing ann], ring +1ann", "hang up",
		}},
		"who is not on the schedule rings not at all": {nil, monday, "joe", []string{"bridged"}, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "hang up",
		}},
		"all at once": {func(s *settings.Snapshot) { s.Voice.RingOrder = settings.RingAll }, monday, "", []string{"bridged"}, []string{
			"[greeting], say Hello", "[ringing], ring +1ann, ring +1bob", "hang up",
		}},
		"all at once, after who has the ticket": {func(s *settings.Snapshot) { s.Voice.RingOrder = settings.RingAll }, monday, "bob", []string{"no-answer", "bridged"}, []string{
			"[greeting], say Hello", "[ringing bob], ring +1bob", "[ringing ann], ring +1ann", "hang up",
		}},
		"without a voicemail": {func(s *settings.Snapshot) { s.Voice.Voicemail = false }, monday, "", nil, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "[ringing bob], ring +1bob", "[voicemail_prompt], say Leave a message, hang up",
		}},
		"nobody to ring, and open": {func(s *settings.Snapshot) { s.Rings = nil }, monday, "", nil, []string{
			"[greeting], say Hello", "[voicemail_prompt], say Leave a message", "[recording], record", bye,
		}},
		"the called number is an advisor's own: it would come back": {
			func(s *settings.Snapshot) { s.Advisors["ann"] = settings.Advisor{ID: "ann", Phone: "+1ours"} }, monday, "", []string{"bridged"}, []string{
				"[greeting], say Hello", "[ringing bob], ring +1bob", "hang up",
			},
		},
		"who has no phone": {func(s *settings.Snapshot) { s.Advisors["ann"] = settings.Advisor{ID: "ann"} }, monday, "", []string{"bridged"}, []string{
			"[greeting], say Hello", "[ringing bob], ring +1bob", "hang up",
		}},
		"closed": {nil, sunday, "", nil, []string{
			"[voicemail_prompt], say We are closed", "[recording], record", bye,
		}},
		"closed, and somebody is on call": {func(s *settings.Snapshot) { s.Schedules = hours(t, &no) }, monday, "", []string{"no-answer"}, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "[ringing bob], ring +1bob", "[voicemail_prompt], say We are closed", "[recording], record", bye,
		}},
		"closed, there is no menu": {func(s *settings.Snapshot) { s.Schedules = hours(t, &no); s.Voice.Options = tree }, monday, "", []string{"bridged"}, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "hang up",
		}},
		"an option with advisors of its own": {func(s *settings.Snapshot) { s.Voice.Options = tree }, monday, "", []string{"1", "no-answer"}, []string{
			"[greeting], say Hello", menu, "[option_chosen 1], [ringing bob], ring +1bob", "[voicemail_prompt], say Leave a message", "[recording], record", bye,
		}},
		"an option to another team": {func(s *settings.Snapshot) { s.Voice.Options = tree }, monday, "", []string{"2"}, []string{
			"[greeting], say Hello", menu, "[option_chosen 2], go to team sales",
		}},
		"an option to the voicemail": {func(s *settings.Snapshot) { s.Voice.Options = tree }, monday, "", []string{"3"}, []string{
			"[greeting], say Hello", menu, "[option_chosen 3]", "[voicemail_prompt], say Leave a message", "[recording], record", bye,
		}},
		"no digit, and then the right one": {func(s *settings.Snapshot) { s.Voice.Options = tree }, monday, "", []string{"", "3"}, []string{
			"[greeting], say Hello", menu, menu, "[option_chosen 3]", "[voicemail_prompt], say Leave a message", "[recording], record", bye,
		}},
		"never a digit: it rings": {func(s *settings.Snapshot) { s.Voice.Options = tree }, monday, "", []string{"", "9", "bridged"}, []string{
			"[greeting], say Hello", menu, menu, "[ringing ann], ring +1ann", "hang up",
		}},
		"a recording of the team's own": {func(s *settings.Snapshot) { s.Voice.Greeting.Recording = "https://example.com/hello.mp3" }, monday, "", []string{"bridged"}, []string{
			"[greeting], play https://example.com/hello.mp3", "[ringing ann], ring +1ann", "hang up",
		}},
		"an upload that cannot be played now": {func(s *settings.Snapshot) { s.Voice.Greeting.Recording = "media:1" }, monday, "", []string{"bridged"}, []string{
			"[greeting], say Hello", "[ringing ann], ring +1ann", "hang up",
		}},
	} {
		team := newTeam(t)
		if c.change != nil {
			c.change(team)
		}
		got := call(team, c.now, c.first, c.inputs...)
		if strings.HasPrefix(c.want[len(c.want)-1], "say ") { // goodbye, in words of the product's own
			require.Regexp(t, "^say .+, hang up$", got[len(got)-1], name)
			got, c.want = got[:len(got)-1], c.want[:len(c.want)-1]
		}
		require.Equal(t, c.want, got, name)
	}
}

// TestAnAdvisorTakesACall by pressing 1, and by nothing else.
func TestAnAdvisorTakesACall(t *testing.T) {
	team := newTeam(t)
	script, _ := calls.Next(calls.Question{Team: team, Sender: "called", Number: "+1ours", Place: channels.Place{At: "ring"}, Now: monday})
	line := script[0].(channels.Ring).Lines[0]
	asked, steps := calls.Next(calls.Question{Team: team, Sender: "called", Place: line.Whisper, Now: monday})
	require.Empty(t, steps)
	accept := asked[0].(channels.Gather).Next
	for digits, want := range map[string][]calls.Step{"1": {{Step: channels.StepAnswered, Advisor: "ann"}}, "2": nil, "": nil, "11": nil} {
		script, steps := calls.Next(calls.Question{Team: team, Sender: "called", Place: accept, Digits: digits, Now: monday})
		require.Equal(t, want, steps, digits)
		require.Equal(t, want == nil, len(script) == 1, "who takes it is connected; else their leg ends")
	}
	team.Voice.Whisper = false
	script, _ = calls.Next(calls.Question{Team: team, Sender: "called", Number: "+1ours", Place: channels.Place{At: "ring"}, Now: monday})
	require.Zero(t, script[0].(channels.Ring).Lines[0].Whisper, "connected at once")
}

// TestThereIsAlwaysAnAnswer, at any place that a provider may ask for, of a
// team with nothing chosen, and no call goes on for ever.
func TestThereIsAlwaysAnAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		team := newTeam(t)
		team.Voice.Voicemail = rapid.Bool().Draw(t, "voicemail")
		team.Voice.RingOrder = rapid.SampledFrom([]string{settings.RingAll, settings.RingInOrder, ""}).Draw(t, "order")
		if rapid.Bool().Draw(t, "a tree") {
			team.Voice.Options = []settings.Option{{Digit: "1", To: settings.ToAdvisors}, {Digit: "2", To: settings.ToVoicemail}, {Digit: "3", To: "what an older version wrote"}}
		}
		if rapid.Bool().Draw(t, "nobody rings") {
			team.Rings = nil
		}
		now := rapid.SampledFrom([]time.Time{monday, sunday}).Draw(t, "now")
		inputs := rapid.SliceOfN(rapid.SampledFrom([]string{"", "1", "2", "3", "9", "busy", "completed", "bridged"}), 0, 9).Draw(t, "inputs")
		heard := call(team, now, "", inputs...)
		require.NotEmpty(t, heard)
		require.NotEqual(t, "for ever", heard[len(heard)-1])

		place := channels.Place{
			At:     rapid.SampledFrom([]string{"", "menu", "option", "ring", "dialed", "whisper", "voicemail", "record", "recorded", "what an older version wrote"}).Draw(t, "at"),
			Round:  rapid.IntRange(0, 99).Draw(t, "round"),
			Option: rapid.SampledFrom([]string{"", "1", "7"}).Draw(t, "option"),
		}
		script, _ := calls.Next(calls.Question{Team: team, Sender: "called", Number: "+1ours", Place: place, Now: now})
		require.NotEmpty(t, script)
	})
}
