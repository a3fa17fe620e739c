package pages

import (
	"net"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// How often one address may ask: a page and its parts are a handful of
// requests, an upload a few a second. Guessing a token is hopeless at any
// rate; this keeps the guesses from the database.
const (
	perSecond = 10
	burst     = 100
	remember  = 20_000 // addresses; then the book is begun anew
)

// visits is who asked how often of late.
type visits struct {
	mu sync.Mutex
	by map[string]*rate.Limiter
}

func newVisits() *visits { return &visits{by: map[string]*rate.Limiter{}} }

func (v *visits) allow(address string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	limiter, known := v.by[address]
	if !known {
		if len(v.by) >= remember {
			clear(v.by)
		}
		limiter = rate.NewLimiter(perSecond, burst)
		v.by[address] = limiter
	}
	return limiter.Allow()
}

// limit refuses an address that asks too often. Of an IPv6 address its network
// counts: a home has as many addresses as it likes.
func (p *Pages) limit(g *gin.Context) {
	if !p.visits.allow(network(g.ClientIP())) {
		g.Header("Retry-After", "10")
		p.message(g, http.StatusTooManyRequests, "busy")
		g.Abort()
		return
	}
	g.Next()
}

func network(address string) string {
	ip := net.ParseIP(address)
	if ip == nil || ip.To4() != nil {
		return address
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}
