package contentline

import (
	"iter"
	"strings"
)

// Property is a line that was read, such as DTSTART;VALUE=DATE:20261224.
type Property struct {
	Name   string            // in capitals
	Params map[string]string // by name in capitals
	Value  string            // as it stands; see Unescape
}

// Read gives the lines of a text, unfolded. What is no line of the format is
// passed over. The library at hand (emersion/go-ical) panics at a parameter
// without an end and takes the square of a line's length for one, and what is
// read here comes from strangers.
func Read(text string) iter.Seq[Property] {
	text = unfolding.Replace(strings.TrimPrefix(text, "\ufeff"))
	return func(yield func(Property) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			if p, ok := parse(strings.TrimRight(line, " \t")); ok && !yield(p) {
				return
			}
		}
	}
}

var unfolding = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "", "\r\n", "\n", "\r", "\n")

// parse splits name, parameters and value. A parameter in quotes may hold what
// ends the others.
func parse(line string) (Property, bool) {
	p := Property{Params: map[string]string{}}
	at := strings.IndexAny(line, ";:")
	if at < 1 {
		return p, false
	}
	p.Name = strings.ToUpper(line[:at])
	for line[at] == ';' {
		line = line[at+1:]
		at = end(line)
		if at < 0 {
			return p, false
		}
		name, value, _ := strings.Cut(line[:at], "=")
		p.Params[strings.ToUpper(name)] = strings.Trim(value, `"`)
	}
	p.Value = line[at+1:]
	return p, true
}

// end is where a parameter ends: the first ; or : that stands in no quotes.
func end(line string) int {
	quoted := false
	for at := range len(line) {
		switch c := line[at]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ';' || c == ':'):
			return at
		}
	}
	return -1
}

var unescapes = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n")

// Unescape is the text that a value stands for.
func Unescape(value string) string { return unescapes.Replace(value) }
