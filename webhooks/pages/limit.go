package pages

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/webhooks/web/limit"
)

// A page and its parts are a handful of requests, an upload a few a second.
// Guessing a token is hopeless at any rate; this keeps the guesses from the
// database.
var visiting = limit.Pace{Burst: 100, Each: 100 * time.Millisecond}

// limit refuses an address that asks too often.
func (p *Pages) limit(g *gin.Context) {
	if wait := p.visits.Wait(limit.Network(g.ClientIP()), visiting); wait > 0 {
		g.Header("Retry-After", limit.Seconds(wait))
		p.message(g, http.StatusTooManyRequests, "busy")
		g.Abort()
		return
	}
	g.Next()
}
