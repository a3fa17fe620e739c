package queue

import (
	"math/rand/v2"
	"time"
)

// Waits are how long a thing is left alone after its first failure, its
// second, and so on; after further ones the last counts.
type Waits []time.Duration

// After is the wait after so many failures, give or take a tenth, so that many
// that failed together do not return together.
func (w Waits) After(failures int) time.Duration {
	wait := w[min(max(failures, 1), len(w))-1]
	return wait + time.Duration((rand.Float64()-0.5)*0.2*float64(wait)) //nolint:gosec // no secret
}
