// Package inwords says in words what providers bring as JSON: the answers to a form,
// and whatever text a thing carries that is of a kind we do not know.
//
// The hard decision: the fields of a form are shown by the names that it gave them,
// however odd, because its own words for people are not among what comes back.
package inwords

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"ringback/channels/fit"
)

const (
	maxLines = 30
	maxName  = 200
	maxValue = 1024
	maxDepth = 6 // how deep a thing is looked into
)

// Form is what somebody filled into a form (a flow), a line for each field; empty: it
// is no form's answer.
func Form(answers string) string {
	var fields map[string]any
	decoder := json.NewDecoder(strings.NewReader(answers))
	decoder.UseNumber()
	if decoder.Decode(&fields) != nil {
		return ""
	}
	lines := []string{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "flow_token" && len(lines) < maxLines { // the token is ours, and no answer
			lines = append(lines, strings.TrimSpace(fit.Line(name, maxName)+": "+fit.Line(value(fields[name], 0), maxValue)))
		}
	}
	return strings.Join(lines, "\n")
}

// value is an answer as people read it: several with commas between them, and what
// has names inside with these.
func value(answer any, depth int) string {
	var parts []string
	switch v := answer.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "✓"
		}
		return "✗"
	case []any:
		for _, one := range v[:min(len(v), maxLines)] {
			if depth < maxDepth {
				parts = append(parts, value(one, depth+1))
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if depth < maxDepth && len(parts) < maxLines {
				parts = append(parts, name+": "+value(v[name], depth+1))
			}
		}
	}
	return strings.Join(parts, ", ")
}
