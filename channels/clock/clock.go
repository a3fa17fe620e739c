// Package clock is the gateway's one source of time, so that a demo can play
// "now is Sunday 22:00" and a test can stand at the second before closing.
//
// The hard decision: due times are compared with the database's clock, never a
// replica's, so the real clock hands queries null (meaning now()) and only a
// moved or stopped one hands them a time. Where a machine's clock is wrong, Now follows
// the database's as well: what a provider gives no time for, a call above all, is told
// by Now, and its timers with it.
package clock

import (
	"database/sql/driver"
	"sync"
	"time"
)

// Due is the time up to which things are due, for a query that compares due
// times and leases, written there as coalesce($n::timestamptz, now()). The zero
// value is the database's own clock.
type Due struct{ at time.Time }

// At is the played time, for a clock that is not the real one.
func At(t time.Time) Due { return Due{t.UTC().Truncate(time.Microsecond)} }

// Real reports whether it is left to the database's clock.
func (d Due) Real() bool { return d.at.IsZero() }

// Or is the played time; with the real clock it is the time that is given.
func (d Due) Or(real time.Time) time.Time {
	if d.Real() {
		return real
	}
	return d.at
}

// Value hands the database null for its own clock.
func (d Due) Value() (driver.Value, error) {
	if d.Real() {
		return nil, nil //nolint:nilnil // null is a value
	}
	return d.at, nil
}

// Clock tells the time. The zero value is the real one.
type Clock struct {
	machine func() time.Time // nil: time.Now

	mu      sync.RWMutex
	offset  time.Duration
	stopped time.Time
	apart   time.Duration // what the machine's clock lacks
}

// Of is a clock that reads another one than the machine's.
func Of(machine func() time.Time) *Clock { return &Clock{machine: machine} }

func (c *Clock) read() time.Time {
	if c.machine != nil {
		return c.machine()
	}
	return time.Now()
}

// A machine's clock may be noticed apart from the database's, by an answer that was not
// long on its way.
const (
	noticed  = time.Second
	onItsWay = 2 * time.Second
)

// Follow asks the database for the time. From then on Now tells the database's, where
// the machine's is wrong.
func (c *Clock) Follow(ask func() (time.Time, error)) error {
	began := c.read()
	now, err := ask()
	if err != nil {
		return err
	}
	took := c.read().Sub(began)
	if took < 0 || took > onItsWay {
		return nil
	}
	apart := now.Sub(began.Add(took / 2).Round(0))
	if apart.Abs() < noticed {
		apart = 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apart = apart
	return nil
}

// Now is the time, in UTC and to the microsecond, which is what Postgres keeps.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.stopped.IsZero() {
		return c.stopped
	}
	return c.read().Add(c.offset + c.apart).UTC().Truncate(time.Microsecond)
}

// Queue is the time for a query that compares due times.
func (c *Clock) Queue() Due {
	c.mu.RLock()
	real := c.stopped.IsZero() && c.offset == 0
	c.mu.RUnlock()
	if real {
		return Due{}
	}
	return At(c.Now())
}

// Shift lets the clock run on, at this distance from the real one.
func (c *Clock) Shift(offset time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset, c.stopped = offset, time.Time{}
}

// Stop holds the clock at an instant until it is moved again.
func (c *Clock) Stop(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = at.UTC().Truncate(time.Microsecond)
}
