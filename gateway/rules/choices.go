package rules

import (
	"strconv"

	"ringback/channels"
	"ringback/settings/text"
)

// scores are 1 to 5 as a customer taps them.
var scores = func() []channels.Choice {
	var all []channels.Choice
	for n := 1; n <= 5; n++ {
		all = append(all, channels.Choice{ID: strconv.Itoa(n), Title: strconv.Itoa(n)})
	}
	return all
}()

// yesNo are the two answers in a language. What they stand for is the same
// words, so that a tapped button is read as a written answer is.
func yesNo(language string) []channels.Choice {
	yes, no := text.YesNo(language)
	return []channels.Choice{{ID: yes, Title: yes}, {ID: no, Title: no}}
}
