// Package fit makes what strangers wrote fit to be stored and shown: valid
// UTF-8 without NUL, of bounded length, and where one line is expected, one
// line.
//
// The hard decision: nothing is refused here. A name full of control
// characters is still somebody's name; what names something for ever, an id or
// an address, is checked with Printable and refused by the caller instead.
package fit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	encoding "golang.org/x/text/encoding/unicode"
)

// UTF8 puts U+FFFD wherever the bytes are not UTF-8, one for each maximal
// part, which is how browsers, Node and Python decode; strings.ToValidUTF8
// writes fewer.
func UTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	decoded, err := encoding.UTF8.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return decoded
}

// Text makes a text fit for Postgres: UTF-8 without NUL, of at most so many
// characters.
func Text(s string, limit int) string {
	s = strings.ReplaceAll(UTF8(s), "\x00", "")
	if len(s) <= limit {
		return s
	}
	return Cut(s, limit)
}

// Cut leaves of a text at most so many code points, which is what Postgres counts, and
// cuts no character in two that is made of several: a flag, a family, a letter and its
// accent. One that is longer than all there may be is cut all the same.
func Cut(s string, limit int) string {
	rest, state, end := s, -1, 0
	for rest != "" && limit > 0 {
		var one string
		one, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		n := utf8.RuneCountInString(one)
		if n > limit && end > 0 {
			break
		}
		for i := range one {
			if limit == 0 {
				return s[:end+i]
			}
			limit--
		}
		end += len(one)
	}
	return s[:end]
}

// Line is Text for a text of one line that a stranger chose, like a profile
// name: control characters become spaces, and the characters that turn the
// direction of the text around them are dropped.
func Line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, UTF8(s))
	return strings.TrimSpace(Text(strings.Join(strings.Fields(s), " "), limit))
}

// Lines is Line for a text of several lines, at most one of which in a row is empty.
func Lines(s string, limit int) string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(UTF8(s), "\r\n", "\n")) {
		line = Line(line, len(line))
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(Text(strings.Join(lines, "\n"), limit))
}

// Printable reports whether s is UTF-8 of visible characters and spaces, no
// longer than limit bytes.
func Printable(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) &&
		strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
