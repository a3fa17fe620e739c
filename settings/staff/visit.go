package staff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visit is what is known of somebody before they say who they are.
type Visit struct {
	Session string // the token of the session that they come with; empty: none
	From    string // where they come from, as far as the throttle counts it
	Browser string // what their browser calls itself
}

// longestAgent is how much is kept of what a browser calls itself.
const longestAgent = 300

// agent is what the browser calls itself, as text that can be stored.
func (v Visit) agent() string {
	said := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return -1
		}
		return r
	}, v.Browser)
	if len(said) > longestAgent {
		said = strings.ToValidUTF8(said[:longestAgent], "")
	}
	return said
}
