// Package site is the demo company's own website: one page, with the chat on it
// as a company puts it there.
//
// The hard decision: the page knows nothing of the gateway but the line that
// loads the chat, so what works there works on any site.
package site

import (
	"bytes"
	_ "embed" // the page
	"fmt"
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

// Mount opens the site at a path.
func (s Site) Mount(router gin.IRouter, path string) error {
	var out bytes.Buffer
	if err := drawn.Execute(&out, s); err != nil {
		return fmt.Errorf("the demo's website: %w", err)
	}
	router.GET(path, func(g *gin.Context) { g.Data(http.StatusOK, "text/html; charset=utf-8", out.Bytes()) })
	return nil
}
