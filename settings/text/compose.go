package text

import (
	"maps"
	"regexp"
	"strings"
	"unicode"

	"ringback/channels/fit"
)

// Parts is what a message is made of. Each may be empty.
type Parts struct {
	Company string // left out when empty, as is Team
	Team    string
	Message string // the team's wording or Default; may hold placeholders
	Extra   string // follows the message; may hold placeholders

	// OpensAt is the whole sentence of OpensAt; empty while the team is open
	// or has switched it off. With AppendOpening it is added at the end when
	// neither text holds {{opens_at}}.
	OpensAt       string
	AppendOpening bool

	// Link is the customer page of this message. With AppendLink it is added
	// last when neither text holds {{link}}.
	Link       string
	AppendLink bool

	// Lacks are the placeholders that never have a value in this message, for Check.
	Lacks []string

	// Values are those of the other placeholders, by name. They are plain
	// text: placeholders in them stay unread.
	Values map[string]string
}

// Letters that a value may have. A name is bounded so that nobody can fill our
// messages with theirs; sentences and links are our own.
const (
	maxValue = 60
	maxOwn   = 500
)

// Compose returns the text that the customer gets: "Company - Team: message
// extra", with a plain hyphen, for a dash would cost more as an SMS. What is
// left out leaves no punctuation behind, and neither does a placeholder whose
// value is missing. It is empty when there is nothing to say, however many
// names there are.
//
// An unknown placeholder counts as missing; Check refuses it before it is
// saved. The result never holds doubled braces.
func Compose(p Parts) string {
	values := p.values()
	parts := []string{
		tidy(template(clean(p.Message), values)),
		tidy(template(clean(p.Extra), values)),
	}
	if p.AppendOpening && !p.mentions("opens_at") {
		parts = append(parts, template("{{opens_at}}", values))
	}
	if p.AppendLink && !p.mentions("link") {
		parts = append(parts, template("{{link}}", values))
	}
	body := insert(join(" ", parts...), values)
	if body == "" {
		return ""
	}
	names := join(" - ", line(p.Company, maxOwn), line(p.Team, maxOwn))
	return single(join(": ", names, body))
}

func (p Parts) mentions(name string) bool { return Has(p.Message, name) || Has(p.Extra, name) }

// values returns every value as it goes into a text.
func (p Parts) values() map[string]string {
	values := maps.Clone(p.Values)
	if values == nil {
		values = map[string]string{}
	}
	for name, value := range values {
		values[name] = line(value, maxValue)
	}
	if p.OpensAt != "" {
		values["opens_at"] = line(p.OpensAt, maxOwn)
	}
	if p.Link != "" {
		values["link"] = line(p.Link, maxOwn)
	}
	return values
}

// join joins the parts that are not empty.
func join(between string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if strings.Trim(part, " "+gap) != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, between)
}

// clean takes from a text what no message may hold: control characters other
// than the end of a line, and bytes that are no UTF-8.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\r':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}

// line makes a value one line of at most limit letters, without characters
// that would change how the text around it is shown.
func line(value string, limit int) string {
	value = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, clean(value))
	value = strings.Join(strings.Fields(value), " ")
	return strings.TrimSpace(fit.Cut(value, limit))
}

var doubled = regexp.MustCompile(`\{{2,}|\}{2,}`)

// single leaves one brace where several stand, so that nothing that reads the
// message later takes a part of it, such as a name, for a placeholder.
func single(text string) string {
	return doubled.ReplaceAllStringFunc(text, func(run string) string { return run[:1] })
}
