package text

import (
	"regexp"
	"strings"
	"sync"
)

// step rewrites one kind of surrounding of a gap.
type step struct {
	found *regexp.Regexp
	left  string
}

func steps(pairs ...string) func() []step {
	return sync.OnceValue(func() []step {
		var all []step
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, step{regexp.MustCompile(pairs[i]), pairs[i+1]})
		}
		return all
	})
}

func apply(steps func() []step, template string) string {
	for _, s := range steps() {
		template = s.found.ReplaceAllString(template, s.left)
	}
	return template
}

// What goes with a missing value, and how the gap is closed then. Only what
// stands right beside a gap is touched: punctuation elsewhere is the team's.
var (
	attached = steps(
		// Two gaps with nothing but a comma between them are one.
		`\x00(?:[\s,]*\x00)+`, gap,
		// "{{customer_name}}'s order": order
		`\x00['’]s\b`, gap,
		// "#{{ticket_number}}": the sign goes with its number.
		`[#№]\s?\x00`, gap,
		// "(advisor: {{advisor_name}})", "[{{link}}]", quotes around nothing.
		`\((?:[^()\x00-\x07]*:)?\s*\x00\s*\)|\[\s*\x00\s*\]`, gap,
		`"\s*\x00\s*"|„\s*\x00\s*”|“\s*\x00\s*”|«\s*\x00\s*»`, gap,
	)
	// "Thanks. Ticket: {{ticket_number}}. Bye": a label with nothing behind it
	// goes, back to the last full stop or comma. A label that holds a value
	// that is there says something, and stays.
	label = steps(`(^|[.!?…,;]\s+|\n)[^.!?…,;\n\x00-\x07]*:\s*\x00([ \t]*(?:[.!?…\n]|$))`, "${1}"+gap+"${2}")

	closing = steps(
		// A line of its own goes.
		`(^|\n)[ \t]*\x00[ \t]*(?:\n|$)`, "${1}",
		// At the start of a line: what would only have followed the value.
		`(?m)^[ \t]*\x00(?:[,.;:!?…]+|[ \t]+[-–—:!?](?:[ \t]|$))*[ \t]*`, "",
		// At its end: what would only have led to it.
		`(?m)(?:[ \t]+[-–—])?[ \t,;:]*\x00[ \t]*$`, "",
		// "We are open! {{customer_name}}, hello": We are open! hello
		`([.!?…])[ \t]*\x00[,.;:!?…]+`, "${1}",
		// "Thanks {{customer_name}}, we": Thanks, we. "Thanks, {{customer_name}}!": Thanks!
		`[,;:]?[ \t]*\x00([,.;:!?…)\]])`, "${1}",
		// "Merci, {{customer_name}} !": the French space stays.
		`[,;:]?[ \t]*\x00([ \t]+[:!?])`, "${1}",
		`([(\[])[ \t]*\x00[ \t]*`, "${1}",
		// Between words one space stays.
		`[ \t]+\x00[ \t]*|\x00[ \t]+`, " ",
		`\x00`, "",
	)
)

// tidy closes the gaps that missing values leave in a template.
func tidy(template string) string {
	template = apply(attached, template)
	// A text that is nothing but the label keeps it: better a text that says
	// little than none.
	if shorter := apply(label, template); strings.Trim(shorter, " .!?…\n"+gap) != "" {
		template = shorter
	}
	return strings.TrimSpace(apply(closing, template))
}
