package twilio

import (
	"strings"
	"unicode"
	"unicode/utf8"

	encoding "golang.org/x/text/encoding/unicode"
)

// Lengths that a text in an Event is cut at: far above what Twilio documents
// (1,600 characters of body), and low enough to be stored and shown.
const (
	maxID    = 200  // bytes of an id, an address or a provider's word
	maxBody  = 6400 // characters of a message
	maxFact  = 4000 // characters of anything else
	maxPlain = 200  // characters of a person's name
)

// toUTF8 puts U+FFFD wherever the bytes are not UTF-8, one for each maximal
// part, which is how browsers, Node and Python decode; strings.ToValidUTF8
// writes fewer.
func toUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	decoded, err := encoding.UTF8.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return decoded
}

// clean makes a text fit for Postgres: UTF-8 without NUL, of at most so many
// characters.
func clean(s string, limit int) string {
	s = strings.ReplaceAll(toUTF8(s), "\x00", "")
	if len(s) <= limit {
		return s
	}
	for i := range s {
		if limit == 0 {
			return s[:i]
		}
		limit--
	}
	return s
}

// plain is clean for a text of one line that a stranger chose, like a profile
// name: control characters become spaces, and the characters that turn the
// direction of the text around them are dropped.
func plain(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, toUTF8(s))
	return clean(strings.Join(strings.Fields(s), " "), limit)
}

// printable reports whether s is UTF-8 of visible characters and spaces, no
// longer than limit bytes.
func printable(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) &&
		strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
