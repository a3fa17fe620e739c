// Package site is the demo company's own website: one page, with the chat on it
// as a company puts it there.
//
// The hard decision: the page knows nothing of the gateway but the line that
// loads the chat, so what works there works on any site.
package site

import (
	"bytes"
	_ "embed" // the page
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"
)

//go:embed site.html
var page string

var drawn = template.Must(template.New("site").Parse(page))

// Site is what the page says.
type Site struct {
	Company string
	Key     string // of the chat
	Widget  string // the address of the chat's script
	Contact string // the address of the contact page
}

// Mount opens the site at a path. A site knows whom it has signed in; this one
// is told, by the token that its address names: ?identity=….
func (s Site) Mount(router gin.IRouter, path string) {
	router.GET(path, func(g *gin.Context) {
		var out bytes.Buffer
		if err := drawn.Execute(&out, signedIn{s, g.Query("identity")}); err != nil {
			g.String(http.StatusInternalServerError, "the page cannot be drawn: %v\n", err)
			return
		}
		g.Writer.Header().Del("X-Frame-Options") // the phone page shows it in a frame
		g.Data(http.StatusOK, "text/html; charset=utf-8", out.Bytes())
	})
}

type signedIn struct {
	Site
	Identity string
}
