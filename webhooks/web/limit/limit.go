// Package limit counts who asks how often, for doors that anybody may knock on.
// It counts in the memory of one process and forgets who has not asked for longest
// when that has grown too large: a flood from many places is for the network
// before us. x/time/rate keeps the pace, golang-lru says who is forgotten.
package limit

import (
	"math"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// Pace is how often a thing may be done: so many at once, then one each so often.
type Pace struct {
	Burst int
	Each  time.Duration
}

// Limiter is who did what of late.
type Limiter struct {
	mu sync.Mutex
	by *simplelru.LRU[string, *rate.Limiter]
}

const remembered = 100_000

// New returns a limiter that knows nobody yet.
func New() *Limiter {
	by, err := simplelru.NewLRU[string, *rate.Limiter](remembered, nil)
	if err != nil {
		panic(err) // of a size below one
	}
	return &Limiter{by: by}
}

// Wait is how long until the name may do it again; 0: it just did, and was
// counted. A name goes with one pace.
func (b *Limiter) Wait(name string, p Pace) time.Duration { return b.take(name, p, 1) }

func (b *Limiter) take(name string, p Pace, n int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, known := b.by.Get(name)
	if !known {
		limiter = rate.NewLimiter(rate.Every(p.Each), p.Burst)
		b.by.Add(name, limiter)
	}
	place := limiter.ReserveN(time.Now(), n)
	wait := place.Delay()
	if wait > 0 {
		place.Cancel()
	}
	return wait
}

// Network is what counts as one visitor: of IPv6, a home has as many addresses
// as it likes.
func Network(address string) string {
	ip := net.ParseIP(address)
	if ip == nil || ip.To4() != nil {
		return address
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}

// Seconds is a wait as Retry-After says it: whole seconds, at least one.
func Seconds(wait time.Duration) string {
	return strconv.Itoa(int(math.Max(1, math.Ceil(wait.Seconds()))))
}
