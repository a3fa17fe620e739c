package calls

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
)

// TestACallBackIsTheSameInWhateverOrderItIsTold: what became of it, for each prefix of
// what a provider tells, shuffled and doubled.
func TestACallBackIsTheSameInWhateverOrderItIsTold(t *testing.T) {
	rang := channels.Call{Facts: map[string]string{"CallStatus": "ringing"}}
	pressed := channels.Call{Step: channels.StepAnswered}
	reached := channels.Call{Dial: &channels.Dial{Status: "in-progress", Bridged: true}}
	spoke := channels.Call{Dial: &channels.Dial{Status: "completed", Bridged: true, Seconds: 40}}
	inVain := channels.Call{Dial: &channels.Dial{Status: "no-answer"}}
	ended := channels.Call{Status: "completed"}
	for name, c := range map[string]struct {
		told    []channels.Call
		outcome Outcome
		spoke   int
		over    bool
	}{
		"it rings":              {[]channels.Call{rang}, NotTaken, 0, false},
		"nobody pressed":        {[]channels.Call{rang, ended}, NotTaken, 0, true},
		"busy":                  {[]channels.Call{{Status: "busy"}}, NotTaken, 0, true},
		"failed":                {[]channels.Call{{Status: "failed"}}, NotPlaced, 0, true},
		"the customer rings":    {[]channels.Call{rang, pressed}, Unanswered, 0, false},
		"they speak":            {[]channels.Call{rang, pressed, reached}, Answered, 0, false},
		"they spoke":            {[]channels.Call{rang, pressed, reached, spoke, ended}, Answered, 40, true},
		"the key was lost":      {[]channels.Call{spoke}, Answered, 40, true},
		"the end alone is lost": {[]channels.Call{pressed, reached, ended}, Answered, 0, true},
		"in vain":               {[]channels.Call{rang, pressed, inVain, ended}, Unanswered, 0, true},
		"hung up while it rang": {[]channels.Call{rang, pressed, ended}, Unanswered, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				told := append(c.told[:len(c.told):len(c.told)], c.told[rapid.IntRange(0, len(c.told)-1).Draw(t, "doubled")])
				var journal []Entry
				for _, call := range rapid.Permutation(told).Draw(t, "order") {
					journal = append(journal, Entry{Kind: channels.CalledBack, Call: call})
				}
				outcome, spoke, over := SettleBack(journal)
				require.Equal(t, c.outcome, outcome)
				require.Equal(t, c.spoke, spoke)
				require.Equal(t, c.over, over)
			})
		})
	}
}
