package phone

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"ringback/channels/simulator/mailbox"
)

var mailScript = file("mail.js", "text/javascript; charset=utf-8")

// inbox is the staff's mail as the page shows it.
type inbox struct {
	Shared, Style, Script string
	Letters               []mailbox.Letter // the newest first
}

// Day and time of a letter, by this machine's clock.
func (inbox) When(l mailbox.Letter) string { return l.At.Format("Monday 15:04") }

// mail shows what the staff were told by e-mail.
func (p *Phone) mail(g *gin.Context) {
	letters := p.Mail()
	slices.Reverse(letters)
	var page bytes.Buffer
	if err := templates().ExecuteTemplate(&page, "mail", inbox{shared, style.URL, mailScript.URL, letters}); err != nil {
		p.Log.Error("the staff's mail cannot be shown", "error", err)
		g.String(http.StatusInternalServerError, "Something went wrong; it was logged. Please try again.\n")
		return
	}
	g.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
}
