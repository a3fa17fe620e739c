package text

import (
	"regexp"
	"slices"
	"strings"
)

// known are the placeholders a text may hold, written {{customer_name}}.
// Their order is fixed: a template stands for each by its place here.
var known = []string{"customer_name", "advisor_name", "ticket_number", "voicehub_number", "opens_at", "amount", "link"}

// Placeholders returns the names that a text may hold between double braces.
func Placeholders() []string { return slices.Clone(known) }

// reference is one placeholder in a text; the name is whatever was written.
var reference = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Has reports whether a text holds the placeholder of that name.
func Has(text, name string) bool {
	return slices.Contains(referenced(text), name)
}

// referenced returns the names between double braces, known or not.
func referenced(text string) []string {
	var names []string
	for _, match := range reference.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}

// A template is a text in which a control character stands for each
// placeholder: \x01 to \x07 for a value that is there, by its place in known,
// and gap for one that is missing. Texts themselves hold none (see clean), and
// values go in last, so that nothing a customer wrote is ever read as a
// placeholder or tidied away.
const gap = "\x00"

// template marks the placeholders of a text.
func template(text string, values map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(match string) string {
		name := reference.FindStringSubmatch(match)[1]
		at := slices.Index(known, name)
		if at < 0 || values[name] == "" {
			return gap
		}
		return string(rune(at + 1))
	})
}

// insert puts the values where template marked them.
func insert(template string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(known))
	for i, name := range known {
		pairs = append(pairs, string(rune(i+1)), values[name])
	}
	return strings.NewReplacer(pairs...).Replace(template)
}
