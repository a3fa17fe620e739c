package calls

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/schedule"
)

var began = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// TestTicketEffect holds every combination against the rule as it is told: let
// c be the caller's newest open ticket with the team.
func TestTicketEffect(t *testing.T) {
	for _, outcome := range []Outcome{Answered, Voicemail, HungUp, Missed, TooShort} {
		for _, age := range []int{-1, 0, 3, 7, 8} { // days since c was opened; -1: there is none
			for _, ringLast := range []bool{false, true} {
				for _, create := range []bool{false, true} {
					exists := age >= 0
					var opened time.Time
					if exists {
						opened = began.AddDate(0, 0, -age)
					}
					joins := exists && (!ringLast || age <= 7)
					missed := outcome == HungUp || outcome == Missed
					want := NoTicket
					switch {
					case outcome == Voicemail:
						want = NewMessage
					case outcome == Answered && joins, missed && joins:
						want = OnTicket
					case outcome == Answered:
						want = NewAnswered
					case missed && create:
						want = NewMissed
					case missed && exists:
						want = OnTicket
					}
					require.Equal(t, want, TicketEffect(outcome, opened, began, ringLast, create),
						fmt.Sprintf("%s, c of %d days, RLA %v, create %v", outcome, age, ringLast, create))
				}
			}
		}
	}
}

func at(seconds int) time.Time { return began.Add(time.Duration(seconds) * time.Second) }

func stepped(seconds int, s channels.Step, advisor string) Entry {
	return Entry{Kind: channels.CallStepped, At: at(seconds), Call: channels.Call{Step: s, Advisor: advisor}}
}

func dialed(seconds int, status string, bridged bool) Entry {
	return Entry{Kind: channels.CallDialed, At: at(seconds), Call: channels.Call{Dial: &channels.Dial{Status: status, Bridged: bridged}}}
}

func recorded(seconds, long int) Entry {
	return Entry{Kind: channels.CallRecorded, At: at(seconds), Call: channels.Call{Recording: &channels.Recording{ID: "RE1", Seconds: long, Absent: long == 0}}}
}

func ringing(seconds, round int, advisor string) Entry {
	e := stepped(seconds, channels.StepRinging, advisor)
	e.Call.Round = round
	return e
}

func ended(seconds, round int, d channels.Dial) Entry {
	return Entry{Kind: channels.CallDialed, At: at(seconds), Call: channels.Call{Round: round, Dial: &d, Facts: map[string]string{"CallStatus": "in-progress"}}}
}

func leg(sid, advisor string) Entry {
	return Entry{Kind: channels.CallNoted, At: at(7), Call: channels.Call{Advisor: advisor, Facts: map[string]string{"CallSid": sid}}}
}

func announced(seconds, long int) Entry {
	e := recorded(seconds, long)
	e.Kind = channels.CallNoted
	return e
}

// journals are calls and what they were.
var journals = map[string]struct {
	journal []Entry
	seconds int
	want    Outcome
}{
	"in the greeting":              {[]Entry{stepped(0, "greeting", "")}, 4, HungUp},
	"a wrong number":               {[]Entry{stepped(0, "greeting", "")}, 2, TooShort},
	"nothing was told":             {nil, 1, TooShort},
	"a wrong number, while closed": {[]Entry{stepped(0, "voicemail_prompt", "")}, 1, TooShort},
	"closed, and heard so":         {[]Entry{stepped(0, "voicemail_prompt", "")}, 3, Missed},
	"soon, but at the tone":        {[]Entry{stepped(0, "voicemail_prompt", ""), stepped(2, "recording", "")}, 2, Missed},
	"in the menu":                  {[]Entry{stepped(0, "greeting", ""), stepped(5, "menu", "")}, 9, Missed},
	"soon, but in the menu":        {[]Entry{stepped(0, "greeting", ""), stepped(1, "menu", "")}, 2, Missed},
	"after an option":              {[]Entry{stepped(0, "greeting", ""), stepped(5, "menu", ""), stepped(9, "option_chosen", "")}, 10, HungUp},
	"while it rang":                {[]Entry{stepped(0, "greeting", ""), stepped(5, "ringing", "a")}, 15, HungUp},
	"nobody answered":              {[]Entry{stepped(0, "greeting", ""), stepped(5, "ringing", "a"), dialed(25, "no-answer", false), stepped(25, "voicemail_prompt", "")}, 28, Missed},
	"a mobile's own voicemail":     {[]Entry{stepped(0, "greeting", ""), stepped(5, "ringing", "a"), dialed(25, "completed", false), stepped(25, "voicemail_prompt", "")}, 28, Missed},
	"an empty recording":           {[]Entry{stepped(0, "voicemail_prompt", ""), stepped(6, "recording", ""), recorded(9, 0)}, 8, Missed},
	"a second of silence":          {[]Entry{stepped(0, "voicemail_prompt", ""), stepped(6, "recording", ""), recorded(9, 1)}, 8, Missed},
	"a voicemail":                  {[]Entry{stepped(0, "voicemail_prompt", ""), stepped(6, "recording", ""), recorded(20, 8)}, 16, Voicemail},
	"answered by pressing 1":       {[]Entry{stepped(0, "greeting", ""), stepped(5, "ringing", "a"), stepped(12, "answered", "a")}, 60, Answered},
	"connected without whisper":    {[]Entry{stepped(0, "greeting", ""), stepped(5, "ringing", "a"), dialed(60, "completed", true)}, 60, Answered},
	"while it rang for the second": {[]Entry{ringing(5, 0, "a"), ended(25, 0, channels.Dial{Status: "busy"}), ringing(25, 1, "b")}, 30, HungUp},
	"neither of two answered":      {[]Entry{ringing(5, 0, "a"), ended(25, 0, channels.Dial{Status: "busy"}), ringing(25, 1, "b"), ended(45, 1, channels.Dial{Status: "no-answer"})}, 46, Missed},
	"announced, and never ready":   {[]Entry{stepped(6, "recording", ""), announced(14, 8)}, 14, Voicemail},
	"announced, and then absent":   {[]Entry{stepped(6, "recording", ""), announced(14, 8), recorded(15, 0)}, 14, Missed},
	"the second advisor answers":   {[]Entry{stepped(5, "ringing", "a"), dialed(25, "busy", false), stepped(25, "ringing", "b"), stepped(30, "answered", "b")}, 60, Answered},
}

func TestSettle(t *testing.T) {
	for name, c := range journals {
		require.Equal(t, c.want, Settle(c.journal, began, End{Status: "completed", Seconds: &c.seconds, At: at(c.seconds)}).Outcome, name)
	}
}

// TestOrderChangesNothing: lines that come doubled and in any order make the
// same call, settled at the same time.
func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(journals))).Draw(t, "call")
		c := journals[name]
		end := End{Status: "completed", Seconds: &c.seconds, At: at(c.seconds)}
		doubled := slices.Concat(c.journal, c.journal[:rapid.IntRange(0, len(c.journal)).Draw(t, "doubled")])
		shuffled := rapid.Permutation(doubled).Draw(t, "order")
		require.Equal(t, Settle(c.journal, began, end), Settle(shuffled, began, end), name)
		require.Equal(t, Due(c.journal, end), Due(shuffled, end), name)
		require.Equal(t, Due(c.journal, End{}), Due(shuffled, End{}), name)
	})
}

func TestDue(t *testing.T) {
	end := End{Status: "completed", At: at(30)}
	recording := []Entry{stepped(0, "voicemail_prompt", ""), stepped(6, "recording", "")}
	require.Equal(t, at(35), Due(journals["while it rang"].journal, end), "a moment after the end")
	require.Equal(t, at(60), Due(recording, end), "a recording may come for half a minute")
	require.Equal(t, at(35), Due(append(recording, recorded(31, 8)), end), "it has come")
	require.Equal(t, at(5+120), Due(journals["while it rang"].journal, End{}), "the end never came")
	require.Equal(t, at(6+180+60), Due(recording, End{}), "the end never came, and they spoke")
	require.Equal(t, at(31+120), Due(append(recording, recorded(31, 8)), End{}), "the end never came, and they have spoken")
	talking := journals["answered by pressing 1"].journal
	require.Equal(t, at(12+4*3600+60), Due(talking, End{}), "they may still talk")
	require.Equal(t, at(90+120), Due(append(talking, dialed(90, "completed", true)), End{}), "they have talked, and the end never came")
}

// TestWhoAnswered: without the whisper, the leg that was connected tells, or
// the round in which only one phone rang.
func TestWhoAnswered(t *testing.T) {
	connected := channels.Dial{Status: "completed", Bridged: true, Leg: "CA2"}
	for want, journal := range map[string][]Entry{
		"b": {ringing(5, 0, ""), leg("CA1", "a"), leg("CA2", "b"), ended(60, 0, connected)},
		"c": {ringing(5, 0, "a"), ringing(25, 1, "c"), ended(60, 1, connected)},
		"":  {ringing(5, 0, ""), ended(60, 0, connected)},
	} {
		r := Settle(journal, began, End{Status: "completed", At: at(60)})
		require.Equal(t, Result{Outcome: Answered, Step: channels.StepRinging, Waited: time.Minute, Advisor: want}, r)
	}
}

// TestNobodyKnowsThatItWasShort: only a call whose end was told can be too short.
func TestNobodyKnowsThatItWasShort(t *testing.T) {
	greeting := []Entry{stepped(0, "greeting", "")}
	require.Equal(t, TooShort, Settle(greeting, began, End{Status: "completed", At: at(1)}).Outcome)
	require.Equal(t, HungUp, Settle(greeting, began, End{At: at(0)}).Outcome)
}

// TestRounds: who rings when, by the order and how many there are.
func TestRounds(t *testing.T) {
	team := &settings.Snapshot{Voice: settings.NewVoice(), Advisors: map[string]settings.Advisor{}, Schedules: schedule.NewSet(nil)}
	var all []string
	for i := range 23 {
		id := fmt.Sprintf("advisor%02d", i)
		team.Advisors[id] = settings.Advisor{ID: id, Phone: fmt.Sprintf("+131255501%02d", i)}
		all = append(all, id)
	}
	team.Voice.Options = []settings.Option{{Digit: "1", To: settings.ToAdvisors, Advisors: all}}
	for order, want := range map[string][]int{settings.RingAll: {10, 10, 3}, settings.RingInOrder: slices.Repeat([]int{1}, 23)} {
		team.Voice.RingOrder = order
		var rang []int
		for round := 0; ; round++ {
			script, lines := Next(Question{Team: team, Place: channels.Place{At: "ring", Option: "1", Round: round}, Now: began})
			ring, ok := script[0].(channels.Ring)
			if !ok {
				require.Empty(t, lines)
				require.Equal(t, "voicemail", script[0].(channels.Go).Next.At)
				break
			}
			require.Equal(t, round, lines[0].Round)
			require.Equal(t, round, ring.Next.Round)
			rang = append(rang, len(ring.Lines))
		}
		require.Equal(t, want, rang, order)
	}
}
