package text

import (
	"strings"
	"unicode"
)

// Blank reports whether nothing of a text is to be seen: spaces, and characters of no
// width, of which a carrier's letters leave nothing.
func Blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}
