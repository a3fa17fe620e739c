package description

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"ringback/settings"
)

// Plan is what differs from a file, in its order.
type Plan struct {
	Changes []Change `json:"changes"`
	Create  int      `json:"create"`
	Change  int      `json:"change"`
	Delete  int      `json:"delete"`
	Same    int      `json:"same"` // as described
	Kept    int      `json:"kept"` // not described, and left alone
}

// What is done about one thing.
const (
	Create = "create"
	Alter  = "change"
	Delete = "delete"
	None   = "none" // it is as described
	Keep   = "keep" // it is not described, beside others that are
)

// Change is what is done about one thing.
type Change struct {
	Team   string  `json:"team,omitempty"` // its name; left out: the company's
	Kind   string  `json:"kind"`           // team, automation, schedule, sender, holiday
	Name   string  `json:"name"`
	Does   string  `json:"does"`
	Fields []Field `json:"fields,omitempty"` // of a change: what differs
}

// Field is a value that differs.
type Field struct {
	Field string `json:"field"`
	From  any    `json:"from"` // what stands there
	To    any    `json:"to"`   // what is described
}

func (p *Plan) add(changes ...Change) {
	for _, c := range changes {
		p.Changes = append(p.Changes, c)
		switch c.Does {
		case Create:
			p.Create++
		case Alter:
			p.Change++
		case Delete:
			p.Delete++
		case None:
			p.Same++
		case Keep:
			p.Kept++
		}
	}
}

// moves are the values that nobody chooses.
var moves = []string{"id", "created_at", "ranked_at", "updated_at", "calendar"}

// differ are the values in which two of a kind differ, by their names in JSON.
func differ(before, after any) ([]Field, error) {
	was, err := flat(before)
	if err != nil {
		return nil, err
	}
	is, err := flat(after)
	if err != nil {
		return nil, err
	}
	names := maps.Clone(was)
	maps.Copy(names, is)
	var all []Field
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !reflect.DeepEqual(was[name], is[name]) {
			all = append(all, Field{name, was[name], is[name]})
		}
	}
	return all, nil
}

// flat is a value as JSON has it, by the paths of what is no mapping itself.
func flat(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	whole, all := map[string]any{}, map[string]any{}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, err
	}
	for _, name := range moves {
		delete(whole, name)
	}
	flatten("", whole, all)
	return all, nil
}

func flatten(path string, v any, into map[string]any) {
	fields, ok := v.(map[string]any)
	if !ok {
		into[path] = v
		return
	}
	for name, value := range fields {
		flatten(strings.TrimPrefix(path+"."+name, "."), value, into)
	}
}

// over writes what is said over a value; what is not said stays. The value it was copied
// from stays as well, so that the two can be compared.
func over(said map[string]any, onto any) error {
	settings.Apart(reflect.ValueOf(onto).Elem())
	raw, err := json.Marshal(said)
	if err == nil {
		err = json.Unmarshal(raw, onto)
	}
	if err != nil {
		return fmt.Errorf("what is described: %w", err)
	}
	return nil
}
