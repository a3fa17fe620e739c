package webhooks

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// head answers HEAD where a router has no route of its own for it: as GET, without the
// body, which net/http leaves out. So it leads on from a slash too many as well. Monitors
// and balancers ask so.
func head(router *Router) gin.HandlerFunc {
	return func(g *gin.Context) {
		if g.Request.Method != http.MethodHead || g.FullPath() != "" {
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
