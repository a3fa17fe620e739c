package rules

import (
	"strconv"
	"strings"

	"ringback/channels"
	"ringback/settings"
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

// bound lets choices name the request that they answer: buttons stay on the
// phone, and who taps an old one must not answer a newer question.
func (s Situation) bound(choices []channels.Choice) []channels.Choice {
	if s.Request == nil || s.Request.ID == "" {
		return choices
	}
	named := make([]channels.Choice, len(choices))
	for i, c := range choices {
		named[i] = channels.Choice{ID: c.ID + "/" + s.Request.ID, Title: c.Title}
	}
	return named
}

// Tapped splits what a tapped choice stands for into the answer and the id of
// the request that it is to; empty: it names none, as a template's buttons do.
func Tapped(reply string) (said, request string) {
	if i := strings.LastIndexByte(reply, '/'); i >= 0 && settings.IsID(reply[i+1:]) {
		return reply[:i], reply[i+1:]
	}
	return reply, ""
}
