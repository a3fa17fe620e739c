package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"ringback/channels/gsm7"
	"ringback/settings/fault"
)

// MaxLength is the longest text that the providers take, in UTF-16 units (as
// Twilio counts a body: 1,600 characters, where an emoji is two).
const MaxLength = 1600

// Check returns what is wrong with a team's message and extra message: unknown
// placeholders and those that never have a value there, braces that do not close, control characters, and a text that
// is too long once composed with the longest values there can be. Of p it
// needs what Compose needs, without the values; Message is the default text
// where the team wrote none.
func Check(p Parts) []fault.Fault {
	problems := p.checkOne("message", p.Message)
	problems = append(problems, p.checkOne("extra_message", p.Extra)...)
	if length := LongestLength(p); length > MaxLength {
		field := "message"
		if strings.TrimSpace(p.Extra) != "" {
			field = "extra_message"
		}
		problems = append(problems, fault.New(field, "text_too_long", "Count", length, "Limit", MaxLength))
	}
	return problems
}

func (p Parts) checkOne(field, text string) []fault.Fault {
	var problems []fault.Fault
	add := func(f fault.Fault) { problems = append(problems, f) }
	var told []string // each once, and not more than a person wants to read
	for _, name := range referenced(text) {
		if len(told) >= 5 || slices.Contains(told, name) {
			continue
		}
		switch {
		case !slices.Contains(known, name):
			add(unknown(field, name, p.takes()))
		case slices.Contains(p.Lacks, name):
			add(fault.New(field, "placeholder_never", "Name", braced(name), "List", p.takes()))
		default:
			continue
		}
		told = append(told, name)
	}
	rest := reference.ReplaceAllString(text, "")
	if at := strings.Index(rest, "{{"); at >= 0 {
		add(fault.New(field, "braces_open", "What", strconv.Quote(start(rest[at:])), "How", example))
	} else if strings.Contains(rest, "}}") {
		add(fault.New(field, "braces_closed", "What", "}}", "How", example))
	}
	if at := strings.IndexFunc(text, refused); at >= 0 {
		add(fault.New(field, "control_character", "What", fmt.Sprintf("%U", []rune(text[at:])[0]), "After", strconv.Quote(end(text[:at]))))
	}
	if !utf8Valid(text) {
		add(fault.New(field, "not_utf8"))
	}
	return problems
}

// refused are the characters that no message may hold.
func refused(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }

func utf8Valid(text string) bool { return strings.ToValidUTF8(text, "") == text }

// takes are the placeholders that can have a value in the message.
func (p Parts) takes() []string {
	return slices.DeleteFunc(Placeholders(), func(name string) bool { return slices.Contains(p.Lacks, name) })
}

func unknown(field, name string, takes []string) fault.Fault {
	if near := nearest(name); near != "" && slices.Contains(takes, near) {
		return fault.New(field, "no_placeholder_but", "Name", braced(start(name)), "Near", braced(near), "List", takes)
	}
	return fault.New(field, "no_placeholder", "Name", braced(start(name)), "List", takes)
}

func braced(name string) string { return "{{" + name + "}}" }

const example = "{{customer_name}}"

// start and end show a little of a text, to find the place in it.
func start(text string) string { return string([]rune(text)[:min(30, len([]rune(text)))]) }

func end(text string) string {
	letters := []rune(text)
	return string(letters[max(0, len(letters)-30):])
}

// LongestLength is how long the text can become, in letters or in plain
// letters, where … is three.
func LongestLength(p Parts) int {
	p.Values = LongestValues()
	p.OpensAt, p.Link = p.Values["opens_at"], p.Values["link"]
	composed := Compose(p)
	return max(units(composed), units(gsm7.Plain(composed)))
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }
