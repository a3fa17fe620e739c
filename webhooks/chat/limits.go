package chat

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often a thing may be done: so many at once, and so many a minute on.
type pace struct {
	burst  int
	minute float64
	words  string
}

var (
	entering  = pace{30, 60, "Too many new conversations from your network at once."}
	writing   = pace{10, 30, "You are writing very fast."}
	ticketing = pace{3, 2, "You left several tickets just now."}
	listening = pace{30, 60, "Too many connections from your network at once."}
	tapping   = pace{20, 60, "Too many requests at once."}
)

// limits holds what single visitors and networks do. It forgets all when it
// has grown too large: a flood from many places is for the network before us.
type limits struct{ *known }

type known struct {
	mu    sync.Mutex
	rates map[string]*rate.Limiter
}

const remembered = 100_000

func newLimits() limits { return limits{&known{rates: map[string]*rate.Limiter{}}} }

// allow counts one of the name, or says when it may be tried again.
func (l limits) allow(name string, p pace) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter := l.rates[name]
	if limiter == nil {
		if len(l.rates) >= remembered {
			clear(l.rates)
		}
		limiter = rate.NewLimiter(rate.Limit(p.minute/60), p.burst)
		l.rates[name] = limiter
	}
	place := limiter.Reserve()
	wait := place.Delay()
	if wait == 0 {
		return nil
	}
	place.Cancel()
	return refused{
		status: http.StatusTooManyRequests, after: wait,
		words: fmt.Sprintf("%s Try again in %s seconds.", p.words, seconds(wait)),
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(math.Max(1, math.Ceil(d.Seconds())))) }
