package limit

import (
	"errors"
	"io"
	"time"
)

// Share is what a name may bring, in bytes: Burst at once, and one more each so
// often.
type Share struct {
	Name string
	Pace
}

// ErrSpent is a body that brings more than somebody may.
var ErrSpent = errors.New("too many bytes from there of late")

// Meter reads a body that counts against several shares, as it comes: who says
// nothing of its length, or lies, is counted all the same.
type Meter struct {
	by     *Limiter
	from   io.Reader
	shares []Share
	wait   time.Duration
}

// Meter begins to count a body.
func (b *Limiter) Meter(from io.Reader, shares ...Share) *Meter {
	return &Meter{by: b, from: from, shares: shares}
}

// Spent is how long until there is room for more; 0: it was not too much.
func (m *Meter) Spent() time.Duration { return m.wait }

func (m *Meter) Read(b []byte) (int, error) {
	n, err := m.from.Read(b)
	for _, share := range m.shares {
		if wait := m.by.take(share.Name, share.Pace, n); wait > 0 {
			m.wait = wait
			return 0, ErrSpent
		}
	}
	return n, err
}
