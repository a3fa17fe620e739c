package pages

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/settings"
)

// sending bounds how long one file may take to a reader that hardly reads.
const sending = 10 * time.Minute

// file answers a link of a text that could not carry its file, and says what is wrong
// where it leads nowhere. Whoever has the link may open it as often as they like while it
// lasts.
func (p *Pages) file(g *gin.Context) {
	linked, err := p.Media.Shared(g.Request.Context(), requests.Hash(g.Param("token")))
	switch {
	case errors.Is(err, settings.ErrNotFound):
		p.message(g, http.StatusNotFound, "unknown")
		return
	case err != nil:
		p.fail(g, err)
		return
	case linked.ReadSeekCloser == nil:
		p.message(g, http.StatusGone, "file_over")
		return
	}
	defer linked.Close()
	p.guard(g, "") // of which Serve takes back what a file does not need
	// The error is that the writer knows no deadlines.
	_ = http.NewResponseController(g.Writer).SetWriteDeadline(time.Now().Add(sending))
	media.Serve(g.Writer, g.Request, linked, linked.ContentType, linked.Name, g.Param("token"), 0)
}
