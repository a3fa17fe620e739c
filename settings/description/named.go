package description

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// identity is what of an entry tells it from the others of its list.
var identity = map[string][]string{
	"schedules": {"title"}, "senders": {"kind", "address"}, "holidays": {"title", "from"},
}

// named refuses what has no name, what has the name of another, and a prune of what
// the file does not list.
func (r *reader) named() {
	teams := map[string]bool{}
	for n, one := range list(r.said, "teams") {
		path, name := fmt.Sprintf("teams[%d]", n), text(one, "name")
		switch {
		case name == "":
			r.wrong(r.line(path), path+".name", "empty", "must be given: a team is found by its name")
		case teams[name]:
			r.wrong(r.line(path+".name"), path+".name", "twice", "stands in this file twice")
		}
		teams[name] = true
		r.entries(path, one)
	}
	if whole, ok := r.said["company"].(map[string]any); ok {
		r.entries("company", whole)
	}
}

// entries looks at the lists of a team or of the company.
func (r *reader) entries(path string, owner map[string]any) {
	for _, of := range slices.Sorted(maps.Keys(identity)) {
		fields, seen := identity[of], map[string]bool{}
		for n, one := range list(owner, of) {
			at, key := fmt.Sprintf("%s.%s[%d]", path, of, n), ""
			for _, field := range fields {
				key += "\x00" + strings.TrimSpace(text(one, field))
			}
			if text(one, fields[0]) == "" {
				r.wrong(r.line(at), at+"."+fields[0], "empty", "must be given: what is there already is found by it")
				continue
			}
			if seen[key] {
				r.wrong(r.line(at), at, "twice", "has the "+strings.Join(fields, " and ")+" of another")
			}
			seen[key] = true
		}
		_, listed := owner[of]
		if prunes(owner, of) && !listed {
			r.wrong(r.line(path+".prune"), path+".prune."+of, "nothing_listed", "is refused without "+of+": write an empty list to delete them all")
		}
	}
}

// line is where a path stands, or what it is in.
func (f *File) line(path string) int {
	for path != "" {
		if line, there := f.lines[path]; there {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 1
}

// list are the entries of a list of mappings.
func list(of map[string]any, name string) []map[string]any {
	var all []map[string]any
	items, _ := of[name].([]any)
	for _, item := range items {
		one, _ := item.(map[string]any)
		all = append(all, one)
	}
	return all
}

func text(of map[string]any, name string) string {
	said, _ := of[name].(string)
	return said
}

func prunes(of map[string]any, kind string) bool {
	said, _ := of["prune"].(map[string]any)
	yes, _ := said[kind].(bool)
	return yes
}
