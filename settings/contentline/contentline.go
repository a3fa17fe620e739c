// Package contentline writes and reads the lines that iCalendar (RFC 5545, 3.1) and vCard
// (RFC 2426, 2.6) are made of. The libraries of either leave the folding out, or
// escape less than the format says.
package contentline

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Lines are content lines, one below the other.
type Lines struct{ bytes.Buffer }

// Line writes one, folded after 75 bytes, never inside a letter.
func (l *Lines) Line(text string) {
	for room := 75; len(text) > room; room = 74 {
		cut := room
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		l.WriteString(text[:cut] + "\r\n ")
		text = text[cut:]
	}
	l.WriteString(text + "\r\n")
}

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", "")

// Escape is a text as it stands in a value.
func Escape(text string) string { return escapes.Replace(text) }
