package webhooks

import (
	"context"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/gateway/health"
	"ringback/gateway/metrics"
)

// Operator is what who runs Ringback looks at, and nobody else.
type Operator struct {
	Metrics *metrics.Metrics
	Check   func(ctx context.Context) (*health.State, []health.Finding)
}

// MountMetrics answers /metrics among the other doors, to this machine and to
// private networks, and to nobody who comes through a proxy: a balancer that
// serves everybody is a neighbor as well.
func MountMetrics(router gin.IRouter, o Operator) {
	router.GET("/metrics", neighbors, gin.WrapH(o.Metrics.Handler()))
}

// MountOperator opens the doors of an address of the operator's own.
func MountOperator(router gin.IRouter, o Operator, ready func(ctx context.Context) ([]health.Note, error)) {
	router.GET("/metrics", gin.WrapH(o.Metrics.Handler()))
	router.GET("/health", o.health)
	router.GET("/livez", livez)
	router.GET("/readyz", func(g *gin.Context) {
		ctx, cancel := context.WithTimeout(g.Request.Context(), 2*time.Second)
		defer cancel()
		notes, err := ready(ctx)
		answerReady(g, notes, err, true)
	})
	router.GET("/debug/pprof/*name", func(g *gin.Context) {
		switch g.Param("name") {
		case "/profile":
			pprof.Profile(g.Writer, g.Request)
		case "/trace":
			pprof.Trace(g.Writer, g.Request)
		default:
			pprof.Index(g.Writer, g.Request)
		}
	})
}

// neighbors lets nobody from the internet in.
func neighbors(g *gin.Context) {
	ip, err := netip.ParseAddr(g.RemoteIP())
	near := err == nil && (ip.Unmap().IsLoopback() || ip.Unmap().IsPrivate())
	for _, through := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		near = near && g.GetHeader(through) == ""
	}
	if !near {
		g.AbortWithStatus(http.StatusNotFound)
	}
}

// health is 200 while nothing needs somebody at once, and says what there is.
func (o Operator) health(g *gin.Context) {
	ctx, cancel := context.WithTimeout(g.Request.Context(), 5*time.Second)
	defer cancel()
	state, findings := o.Check(ctx)
	status := http.StatusOK
	for _, f := range findings {
		if f.Severity == health.Critical {
			status = http.StatusServiceUnavailable
		}
	}
	var work []health.Work
	if state != nil {
		work = state.Work
	}
	g.JSON(status, gin.H{"findings": findings, "work": work})
}
