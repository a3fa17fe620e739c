package settings

import (
	"errors"

	"ringback/settings/fault"
)

// ErrNotFound is an id that does not exist, or that belongs to somebody else:
// nobody is told which.
var ErrNotFound = errors.New("not found")

// Fault is one value that cannot be saved.
type Fault = fault.Fault

// Invalid refuses a save for all that is wrong with it; nothing of it was stored.
type Invalid = fault.Invalid

// Refuse is Invalid for one fault alone; pairs are as in fault.New.
func Refuse(field, code string, pairs ...any) error {
	return Invalid{fault.New(field, code, pairs...)}
}

// Conflict is a value that is right by itself and cannot stand beside what is
// already there.
type Conflict struct{ Fault }

// NewConflict is a *Conflict; pairs are as in fault.New.
func NewConflict(field, code string, pairs ...any) error {
	return &Conflict{fault.New(field, code, pairs...)}
}
