package text

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"ringback/channels/gsm7"
)

// MaxLength is the longest text that the providers take, in UTF-16 units (as
// Twilio counts a body: 1,600 characters, where an emoji is two).
const MaxLength = 1600

// Problem says what is wrong with one of the texts, for the person who wrote it.
type Problem struct {
	Field  string // message or extra_message
	Detail string // a sentence
}

// Check returns what is wrong with a team's message and extra message: unknown
// placeholders, braces that do not close, control characters, and a text that
// is too long once composed with the longest values there can be. Of p it
// needs what Compose needs, without the values; Message is the default text
// where the team wrote none.
func Check(p Parts) []Problem {
	problems := checkOne("message", p.Message)
	problems = append(problems, checkOne("extra_message", p.Extra)...)
	if length := longestLength(p); length > MaxLength {
		field := "message"
		if strings.TrimSpace(p.Extra) != "" {
			field = "extra_message"
		}
		problems = append(problems, Problem{field, fmt.Sprintf(
			"The whole text can become %d characters long with company, team and the longest values; at most %d can be sent.", length, MaxLength)})
	}
	return problems
}

func checkOne(field, text string) []Problem {
	var problems []Problem
	add := func(format string, args ...any) {
		problems = append(problems, Problem{field, fmt.Sprintf(format, args...)})
	}
	var told []string // each once, and not more than a person wants to read
	for _, name := range referenced(text) {
		if len(told) < 5 && !slices.Contains(known, name) && !slices.Contains(told, name) {
			add("%s", unknown(name))
			told = append(told, name)
		}
	}
	rest := reference.ReplaceAllString(text, "")
	if at := strings.Index(rest, "{{"); at >= 0 {
		add("The braces of %q are not closed: a placeholder is written {{customer_name}}.", start(rest[at:]))
	} else if strings.Contains(rest, "}}") {
		add("There is a }} without its {{: a placeholder is written {{customer_name}}.")
	}
	if at := strings.IndexFunc(text, refused); at >= 0 {
		add("The text holds a control character (%U) after %q.", []rune(text[at:])[0], end(text[:at]))
	}
	if !utf8Valid(text) {
		add("The text holds bytes that are not UTF-8.")
	}
	return problems
}

// refused are the characters that no message may hold.
func refused(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }

func utf8Valid(text string) bool { return strings.ToValidUTF8(text, "") == text }

func unknown(name string) string {
	detail := fmt.Sprintf("There is no placeholder {{%s}}.", start(name))
	if near := nearest(name); near != "" {
		detail += fmt.Sprintf(" Did you mean {{%s}}?", near)
	}
	return detail + " There are " + strings.Join(known, ", ") + "."
}

// start and end show a little of a text, to find the place in it.
func start(text string) string { return string([]rune(text)[:min(30, len([]rune(text)))]) }

func end(text string) string {
	letters := []rune(text)
	return string(letters[max(0, len(letters)-30):])
}

// longestLength is how long the text can become, in letters or in plain
// letters, where … is three.
func longestLength(p Parts) int {
	p.Values = LongestValues()
	p.OpensAt, p.Link = p.Values["opens_at"], p.Values["link"]
	composed := Compose(p)
	return max(units(composed), units(gsm7.Plain(composed)))
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }
