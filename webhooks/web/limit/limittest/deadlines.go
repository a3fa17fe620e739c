// Package limittest is for tests of what a body that comes slowly is given.
package limittest

import (
	"net/http/httptest"
	"time"
)

// Deadlines is a writer that notes until when its request may be read.
type Deadlines struct {
	*httptest.ResponseRecorder

	Read []time.Time
}

// New is one that has noted nothing.
func New() *Deadlines { return &Deadlines{ResponseRecorder: httptest.NewRecorder()} }

// SetReadDeadline notes it.
func (d *Deadlines) SetReadDeadline(at time.Time) error {
	d.Read = append(d.Read, at)
	return nil
}

// SetWriteDeadline is there because a server's writer has one.
func (*Deadlines) SetWriteDeadline(time.Time) error { return nil }

// Steady reports whether the body had to keep coming: it was to be there after the
// patience as a whole, and its first bytes well before.
func (d *Deadlines) Steady(patience time.Duration) bool {
	for n, whole := range d.Read {
		for _, next := range d.Read[n+1:] {
			if whole.Sub(next) > patience/2 {
				return true
			}
		}
	}
	return false
}
