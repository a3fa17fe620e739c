package webhooks

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/gateway/media"
	"ringback/settings"
)

// sending bounds how long one file may take to a reader that hardly reads.
const sending = 10 * time.Minute

// file answers a public link: for providers, who play it to a caller or send
// it on, and for customers' pages. A link that is no more says nothing of what
// it was.
func (c Config) file(g *gin.Context) {
	linked, err := c.Follow(g.Request.Context(), g.Param("token"))
	if errors.Is(err, settings.ErrNotFound) {
		g.String(http.StatusNotFound, "this link is not in force\n")
		return
	}
	if err != nil {
		c.Log.Error("a linked file could not be opened", "error", err)
		g.String(http.StatusServiceUnavailable, "the file could not be read; please try again\n")
		return
	}
	defer linked.Close()
	// The error is that the writer knows no deadlines.
	_ = http.NewResponseController(g.Writer).SetWriteDeadline(time.Now().Add(sending))
	media.Serve(g.Writer, g.Request, linked, linked.ContentType, linked.Name, g.Param("token"), linked.Until.Sub(c.Clock.Now()))
}
