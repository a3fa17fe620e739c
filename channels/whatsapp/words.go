package whatsapp

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"ringback/channels/fit"
)

// spoken are the names under which Meta writes what people read, in the order
// in which it is shown.
var spoken = []string{"title", "header", "question", "name", "text", "body", "caption", "description", "footer", "options", "emoji"}

// textOf is whatever text a thing carries that is of a kind we do not know: its
// own, and that of what stands in it.
func textOf(raw []byte) string {
	var lines []word
	var walk func(raw []byte, depth int)
	walk = func(raw []byte, depth int) {
		if depth > maxDepth || len(lines) >= maxLines {
			return
		}
		var parts map[string]json.RawMessage
		var all []json.RawMessage
		switch {
		case json.Unmarshal(raw, &parts) == nil:
			for _, name := range spoken {
				if part, ok := parts[name]; ok {
					delete(parts, name)
					walk(part, depth+1)
				}
			}
			for _, name := range slices.Sorted(maps.Keys(parts)) {
				if part := parts[name]; part[0] == '{' || part[0] == '[' {
					walk(part, depth+1)
				}
			}
		case json.Unmarshal(raw, &all) == nil:
			for _, one := range all {
				walk(one, depth+1)
			}
		default:
			var s string
			if json.Unmarshal(raw, &s) == nil {
				lines = append(lines, word(fit.Line(s, maxFact)))
			}
		}
	}
	walk(raw, 0)
	return join("\n", lines...)
}

// maxDepth is how deep a thing of an unknown kind is looked into.
const maxDepth = 6

// filled is what somebody filled into a form (a flow), a line for each field.
func filled(response string) string {
	var fields map[string]any
	decoder := json.NewDecoder(strings.NewReader(response))
	decoder.UseNumber()
	if decoder.Decode(&fields) != nil {
		return ""
	}
	var lines []word
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name == "flow_token" || len(lines) >= maxLines { // ours, and no answer
			continue
		}
		value, isText := fields[name].(string)
		if !isText {
			raw, err := json.Marshal(fields[name])
			if err != nil {
				continue
			}
			value = strings.NewReplacer(`"`, "", "[", "", "]", "", ",", ", ").Replace(string(raw))
		}
		lines = append(lines, word(fit.Line(name, maxPlain)+": "+fit.Line(value, maxFact)))
	}
	return join("\n", lines...)
}
