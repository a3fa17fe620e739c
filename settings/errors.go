package settings

import (
	"errors"
	"strings"
)

// ErrNotFound is an id that does not exist, or that belongs to somebody else:
// nobody is told which.
var ErrNotFound = errors.New("not found")

// Fault is one value that cannot be saved.
type Fault struct {
	Field  string // as the API names it: time_zone, automations[3].message
	Detail string // what is wrong and what to do, in people's words
}

func (f Fault) String() string {
	if f.Field == "" {
		return f.Detail
	}
	return f.Field + ": " + f.Detail
}

// Invalid refuses a save; nothing of it was stored.
type Invalid []Fault

func (i Invalid) Error() string {
	words := make([]string, len(i))
	for n, f := range i {
		words[n] = f.String()
	}
	return strings.Join(words, "; ")
}

// add notes a fault when the value is wrong.
func (i *Invalid) add(wrong bool, field, detail string) {
	if wrong {
		*i = append(*i, Fault{field, detail})
	}
}

// err is nil when there is no fault.
func (i Invalid) err() error {
	if len(i) == 0 {
		return nil
	}
	return i
}

// Conflict is a value that is right by itself and cannot stand beside what is
// already there.
type Conflict struct {
	Field  string
	Detail string
	Code   string // a stable word for programs to tell it by; empty: there is none
}

func (c *Conflict) Error() string { return Fault{c.Field, c.Detail}.String() }
