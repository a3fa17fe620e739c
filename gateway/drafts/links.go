package drafts

import (
	"regexp"
	"strings"
)

// gone stands where a link was, so that whoever reads the draft sees that a word is missing.
const gone = "[...]"

// word is what stands between spaces; linked is in one that a phone would make a link
// of: a scheme, the name of a host, by any dot that browsers take for one, or its number.
var (
	word   = regexp.MustCompile(`\S+`)
	linked = regexp.MustCompile(`://|[^\s.][.。．｡]\p{L}{2,}|\d+\.\d+\.\d+\.\d+`)
)

// bare is a word without what stands around it in a sentence.
func bare(word string) string {
	return strings.Trim(word, ".,;:!?()[]<>{}\"'`*_„“”‚‘’«»…")
}

// withoutLinks is a text with no other links than those that we sent in the thread. One
// that came from the customer is none of ours, and may be meant for somebody else: of a
// form, nobody knows who wrote it.
func (t Thread) withoutLinks(text string) string {
	ours := map[string]bool{}
	for _, line := range t.Said {
		if line.Ours {
			for _, one := range word.FindAllString(line.Text, -1) {
				ours[bare(one)] = true
			}
		}
	}
	return word.ReplaceAllStringFunc(text, func(one string) string {
		if !linked.MatchString(one) || ours[bare(one)] {
			return one
		}
		return gone
	})
}
