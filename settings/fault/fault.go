// Package fault is how whatever checks a value says what is wrong with it: by
// a code and what its words name, never by the words themselves. Those are
// found by the code, in the reader's language, where people are spoken to.
package fault

import (
	"fmt"
	"maps"
	"slices"
)

// Fault is one value that cannot be saved.
type Fault struct {
	Field  string         // as the API names it: time_zone, automations[3].message
	Code   string         // what is wrong, in a stable word: too_long
	Params map[string]any // what its words name: {"Count": 100}
}

// New makes a fault; pairs are the names and values of its params.
func New(field, code string, pairs ...any) Fault {
	f := Fault{Field: field, Code: code}
	for n := 0; n+1 < len(pairs); n += 2 {
		if f.Params == nil {
			f.Params = map[string]any{}
		}
		f.Params[fmt.Sprint(pairs[n])] = pairs[n+1]
	}
	return f
}

// At is the same fault of another field.
func (f Fault) At(field string) Fault {
	f.Field = field
	return f
}

// Error is for logs; people are told in their own words.
func (f Fault) Error() string {
	said := f.Code
	for _, name := range slices.Sorted(maps.Keys(f.Params)) {
		said += fmt.Sprintf(" %s=%v", name, f.Params[name])
	}
	if f.Field == "" {
		return said
	}
	return f.Field + ": " + said
}
