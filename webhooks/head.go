package webhooks

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// Head answers HEAD where a router knows GET alone: as GET, without its body, which
// net/http leaves out. It stands before what answers a method that a route does not
// take. Monitors and balancers ask so.
func Head(router *Router) gin.HandlerFunc {
	return func(g *gin.Context) {
		taken := strings.Split(g.Writer.Header().Get("Allow"), ", ")
		if g.Request.Method != http.MethodHead || !slices.Contains(taken, http.MethodGet) {
			g.Next()
			return
		}
		g.Writer.Header().Del("Allow")
		request := g.Request.WithContext(g.Request.Context())
		request.Method = http.MethodGet
		router.ServeHTTP(g.Writer, request)
		g.Abort()
	}
}
