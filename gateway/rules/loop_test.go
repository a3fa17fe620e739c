package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAMachineThatAnswersWithinTheSecond: Meta says the whole second in which something
// was written, so that the answer seems to stand before what it answers.
func TestAMachineThatAnswersWithinTheSecond(t *testing.T) {
	at := func(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }
	reply := func(seconds float64) Said { return Said{Author: "automation", Text: "We are closed.", At: at(seconds)} }
	heard := func(seconds float64) Said { return Said{Author: "customer", Text: "Got it", At: at(seconds)} }
	for name, is := range map[string]struct {
		now    float64
		before []Said // the newest first
		loops  bool
	}{
		"twice, in whole seconds":                 {now: 9, before: []Said{reply(9.6), reply(5.6), heard(5)}, loops: true},
		"twice, the second before":                {now: 9, before: []Said{reply(8.7), reply(5.6), heard(5)}, loops: true},
		"the reply came a second later":           {now: 9, before: []Said{reply(10), reply(5.6), heard(5)}},
		"the first was before what we wrote":      {now: 9, before: []Said{reply(9.6), reply(6.1), heard(5)}},
		"a provider that tells parts of a second": {now: 9.5, before: []Said{reply(9.6), reply(5.6), heard(5.5)}},
	} {
		t.Run(name, func(t *testing.T) {
			s := Situation{Event: Event{Text: "Got it", At: at(is.now)}, Recent: is.before}
			require.Equal(t, is.loops, looping(s))
		})
	}
}
