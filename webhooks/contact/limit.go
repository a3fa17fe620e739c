package contact

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/webhooks/web/limit"
)

var (
	looking = limit.Pace{Burst: 100, Each: 100 * time.Millisecond}
	// To one number, whoever leaves the ticket: its confirmation is a text that
	// somebody else may have asked for.
	reaching = limit.Pace{Burst: 3, Each: 20 * time.Minute}
)

// leaving is how often a network leaves tickets with a team, each of which may cost a
// text: five are free, then each waits twice as long as the one before.
func leaving() *limit.Slowdown {
	return &limit.Slowdown{Free: 5, First: 30 * time.Second, Most: 30 * time.Minute}
}

// slow refuses an address that asks too often.
func (p *Contact) slow(g *gin.Context) {
	if wait := p.book.Wait("look/"+limit.Network(g.ClientIP()), looking); wait > 0 {
		g.Header("Retry-After", limit.Seconds(wait))
		p.message(g, http.StatusTooManyRequests, "busy")
		g.Abort()
		return
	}
	g.Next()
}
