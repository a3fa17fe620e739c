package pages

import (
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/webhooks/web/limit"
)

// A page and its parts are a handful of requests, an upload a few a second.
// Guessing a token is hopeless at any rate; this keeps the guesses from the
// database.
var visiting = limit.Pace{Burst: 100, Each: 100 * time.Millisecond}

// What may be uploaded, in bytes: by one link, from one network, to one team and
// to one company. The pace is of one replica; a day's worth is what stands for
// the last two.
const hourly = time.Hour / (1 << 30) // for a byte, where a gigabyte an hour may come

var (
	byLink    = limit.Pace{Burst: 2 * maxUpload, Each: 12 * hourly}
	byNetwork = limit.Pace{Burst: 2 << 30, Each: hourly}
	byTeam    = limit.Pace{Burst: 10 << 30, Each: hourly}
	byCompany = limit.Pace{Burst: 20 << 30, Each: hourly}
)

// metered is a body that counts against what may be uploaded.
func (p *Pages) metered(g *gin.Context, v View, body io.Reader) *limit.Meter {
	return p.visits.Meter(body,
		limit.Share{Name: "link/" + v.ID, Pace: byLink}, limit.Share{Name: "bytes/" + limit.Network(g.ClientIP()), Pace: byNetwork},
		limit.Share{Name: "team/" + v.TeamID, Pace: byTeam}, limit.Share{Name: "company/" + v.CompanyID, Pace: byCompany})
}

// spent answers who has uploaded too much of late.
func (p *Pages) spent(g *gin.Context, m *limit.Meter) bool {
	if m.Spent() == 0 {
		return false
	}
	g.Header("Retry-After", limit.Seconds(m.Spent()))
	p.message(g, http.StatusTooManyRequests, "busy")
	return true
}

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
