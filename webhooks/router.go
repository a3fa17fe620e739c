package webhooks

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"
)

// Router is what all doors, the API and the pages are mounted on.
type Router = gin.Engine

// NewRouter is gin without what a gateway does not want: no trust in what
// anybody claims but the proxies (addresses or networks, held to CheckProxies),
// no request log that would hold customers' numbers.
func NewRouter(log *slog.Logger, proxies ...string) *Router {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := router.SetTrustedProxies(proxies); err != nil {
		log.Error("proxies are not trusted", "error", err)
	}
	router.HandleMethodNotAllowed = true
	router.Use(recoverer(log), forwarded(proxies, log), headers, head(router))
	return router
}

// recoverer turns a fault of ours into a 500 that says nothing of its inside.
func recoverer(log *slog.Logger) gin.HandlerFunc {
	return func(g *gin.Context) {
		defer func() {
			if fault := recover(); fault != nil {
				if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) { // an answer that must not look whole
					panic(fault)
				}
				log.Error("a request failed", "path", known(g), "fault", fault, "stack", string(debug.Stack()))
				g.AbortWithStatus(http.StatusInternalServerError)
			}
		}()
		g.Next()
	}
}

// known is what of an address may be logged: the pattern that it fits. A
// customer's link is a secret.
func known(g *gin.Context) string { return g.FullPath() }

func headers(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	g.Next()
}

// Encrypted has browsers come back by https alone for a year, where the public
// address is one of those. Neighbors under the same domain are not spoken for.
func Encrypted(publicURL func() string) gin.HandlerFunc {
	return func(g *gin.Context) {
		if strings.HasPrefix(publicURL(), "https://") {
			g.Header("Strict-Transport-Security", "max-age=31536000")
		}
		g.Next()
	}
}
