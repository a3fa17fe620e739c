package spool

import "time"

// Store is where what was acknowledged waits for Postgres: Spool on the disk of one
// process, or jetstream's on three servers, for all processes. It is safe for use by
// many goroutines.
type Store interface {
	// Append keeps things in order and returns when they are durable. At is the present
	// time. What failed may have been kept all the same.
	Append(things [][]byte, at time.Time) error
	// AppendLast is Append for what nobody would tell again: it has some room of its own
	// when there is none left, where that can be kept.
	AppendLast(things [][]byte, at time.Time) error
	// First are the oldest, about n of them.
	First(n int) ([]Entry, error)
	// Forget takes out all up to a number: they are in Postgres.
	Forget(through uint64) error
	// State says what it holds.
	State() State
	// Probe finds out whether something is taken again, after it was not.
	Probe()
	// Close lets go of it.
	Close() error
}
