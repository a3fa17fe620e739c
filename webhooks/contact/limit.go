package contact

import (
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// How often a thing may be done: so many at once, then one each so often.
type pace struct {
	burst int
	each  time.Duration
}

var (
	looking = pace{100, 100 * time.Millisecond}
	leaving = pace{10, time.Minute}
	// To one number, whoever leaves the ticket: its confirmation is a text that
	// somebody else may have asked for.
	reaching = pace{3, 20 * time.Minute}
)

// book is who did what of late. It is begun anew when it has grown too large: a
// flood from many places is for the network before us.
type book struct {
	mu sync.Mutex
	by map[string]*rate.Limiter
}

const remembered = 50_000

func newBook() *book { return &book{by: map[string]*rate.Limiter{}} }

// wait is how long until the name may do it again; 0: it just did.
func (b *book) wait(name string, p pace) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, known := b.by[name]
	if !known {
		if len(b.by) >= remembered {
			clear(b.by)
		}
		limiter = rate.NewLimiter(rate.Every(p.each), p.burst)
		b.by[name] = limiter
	}
	place := limiter.Reserve()
	wait := place.Delay()
	if wait > 0 {
		place.Cancel()
	}
	return wait
}

// slow refuses an address that asks too often.
func (p *Contact) slow(g *gin.Context) {
	if wait := p.book.wait("look/"+network(g.ClientIP()), looking); wait > 0 {
		g.Header("Retry-After", seconds(wait))
		p.message(g, http.StatusTooManyRequests, "busy")
		g.Abort()
		return
	}
	g.Next()
}

// network is what counts as one visitor: of IPv6, a home has as many addresses
// as it likes.
func network(address string) string {
	ip := net.ParseIP(address)
	if ip == nil || ip.To4() != nil {
		return address
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d/time.Second) + 1) }
