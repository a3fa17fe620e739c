package twilio

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minFolded is how long a base64 text is at least, in bytes: those that arrive so were
// put together of several parts.
const minFolded = 60

// unfolded is a text that has arrived as base64, as some carriers' long ones have been
// seen to. Anything else stays as it is: what people write is never base64 of a text that
// can be read, so long and without a space.
func unfolded(text string) string {
	folded := strings.NewReplacer("\r", "", "\n", "").Replace(text)
	if len(folded) < minFolded || len(folded)%4 != 0 {
		return text
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(folded)
	if err != nil || !utf8.Valid(raw) || strings.IndexFunc(string(raw), unwritten) >= 0 {
		return text
	}
	return string(raw)
}

// unwritten reports whether nobody writes the character.
func unwritten(r rune) bool {
	return unicode.IsControl(r) && !strings.ContainsRune("\r\n\t", r) || r == utf8.RuneError || unicode.Is(unicode.Co, r)
}
