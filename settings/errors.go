package settings

import (
	"errors"
	"strings"

	"ringback/settings/fault"
)

// ErrNotFound is an id that does not exist, or that belongs to somebody else:
// nobody is told which.
var ErrNotFound = errors.New("not found")

// Fault is one value that cannot be saved.
type Fault = fault.Fault

// Invalid refuses a save; nothing of it was stored.
type Invalid []Fault

func (i Invalid) Error() string {
	words := make([]string, len(i))
	for n, f := range i {
		words[n] = f.Error()
	}
	return strings.Join(words, "; ")
}

// Refuse is Invalid for one fault alone; pairs are as in fault.New.
func Refuse(field, code string, pairs ...any) error {
	return Invalid{fault.New(field, code, pairs...)}
}

// Add notes a fault when the value is wrong; pairs are as in fault.New.
func (i *Invalid) Add(wrong bool, field, code string, pairs ...any) {
	if wrong {
		*i = append(*i, fault.New(field, code, pairs...))
	}
}

// Take notes the faults that an error consists of. An error of another kind is
// returned.
func (i *Invalid) Take(err error) error {
	var one Fault
	var several Invalid
	switch {
	case errors.As(err, &one):
		*i = append(*i, one)
	case errors.As(err, &several):
		*i = append(*i, several...)
	default:
		return err
	}
	return nil
}

// Err is nil when there is no fault.
func (i Invalid) Err() error {
	if len(i) == 0 {
		return nil
	}
	return i
}

// Conflict is a value that is right by itself and cannot stand beside what is
// already there.
type Conflict struct{ Fault }

// NewConflict is a *Conflict; pairs are as in fault.New.
func NewConflict(field, code string, pairs ...any) error {
	return &Conflict{fault.New(field, code, pairs...)}
}
