package text

import (
	"slices"
	"strings"
)

// maxCourtesy is how many words people are polite in.
const maxCourtesy = 5

// withoutCourtesy is a short message without the polite words that it begins and
// ends with, in whatever language.
func withoutCourtesy(body string) string {
	words := strings.Fields(body)
	if len(words) > 2*maxCourtesy {
		return body
	}
	for n := min(maxCourtesy, len(words)); n > 0; n-- {
		if polite(words[:n]) {
			words = words[n:]
			break
		}
	}
	for n := min(maxCourtesy, len(words)); n > 0; n-- {
		if polite(words[len(words)-n:]) {
			words = words[:len(words)-n]
			break
		}
	}
	return strings.Join(words, " ")
}

// polite reports whether words are courtesy alone.
func polite(words []string) bool {
	said := strings.Join(partsOf(sentencesOf(strings.Join(words, " "))), " ")
	return slices.ContainsFunc(refusals(), func(r refusal) bool {
		rest := said
		for found := r.courtesy.FindString(rest); found != ""; found = r.courtesy.FindString(rest) {
			rest = rest[len(found):]
		}
		return said != "" && rest == ""
	})
}
