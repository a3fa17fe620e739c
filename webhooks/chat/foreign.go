package chat

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// foreign lets other sites load it.
func foreign(g *gin.Context) {
	g.Header("Cross-Origin-Resource-Policy", "cross-origin")
	g.Header("Access-Control-Allow-Origin", "*")
	if g.Request.Method == http.MethodOptions {
		g.AbortWithStatus(http.StatusNoContent)
	}
}
