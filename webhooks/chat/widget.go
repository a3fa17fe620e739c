package chat

import (
	_ "embed" // the widget
	"net/http"

	"github.com/gin-gonic/gin"

	"ringback/webhooks/web/assets"
)

//go:embed widget/widget.js
var script []byte

// Widget is what a company's website loads, under the address that does not
// change; browsers ask anew whether it did.
var Widget = assets.NewFile("/chat/widget.js", "text/javascript; charset=utf-8", script)

// foreign lets other sites load it.
func foreign(g *gin.Context) {
	g.Header("Cross-Origin-Resource-Policy", "cross-origin")
	g.Header("Access-Control-Allow-Origin", "*")
	if g.Request.Method == http.MethodOptions {
		g.AbortWithStatus(http.StatusNoContent)
	}
}
