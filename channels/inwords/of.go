package inwords

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"ringback/channels/fit"
)

// maxText is how many characters of one text are said.
const maxText = 4000

// spoken are the names under which Meta writes what people read, in the order
// in which it is shown.
var spoken = []string{"title", "header", "question", "name", "text", "body", "caption", "description", "footer", "options", "emoji"}

// Of is whatever text a thing carries that is of a kind we do not know: its
// own, and that of what stands in it.
func Of(raw []byte) string {
	var lines []string
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
				lines = append(lines, strings.TrimSpace(fit.Line(s, maxText)))
			}
		}
	}
	walk(raw, 0)
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
}
