// Package reference is the API's reference for people, at /docs: every route
// with its parameters, its body field by field, and a line to try it.
//
// The hard decision: it is drawn on the server from the very description that
// openapi.json is, with no script and nothing fetched from elsewhere, so that
// it cannot say anything else than the code and reads on any device.
package reference

import (
	"bytes"
	_ "embed" // template and stylesheet
	"html/template"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ringback/webhooks/web/assets"
)

//go:embed reference.html
var source string

//go:embed reference.css
var stylesheet []byte

var (
	style = assets.NewFile("/assets/reference.css", "text/css; charset=utf-8", stylesheet)
	page  = template.Must(template.New("reference").Parse(source))
)

// policy lets the page have its two stylesheets and nothing else.
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Mount serves the reference of an API at /docs, open to everybody. It is
// drawn at the first request, when all routes are there. Address is where we
// are reached.
func Mount(router gin.IRouter, api huma.API, address func() string) {
	style.Mount(router)
	draw := sync.OnceValues(func() ([]byte, error) {
		var drawn bytes.Buffer
		err := page.Execute(&drawn, map[string]any{
			"Styles": []string{assets.Stylesheet.URL, style.URL}, "Groups": groups(api.OpenAPI(), address()), "Address": address(),
		})
		return drawn.Bytes(), err
	})
	router.GET("/docs", func(g *gin.Context) {
		drawn, err := draw()
		if err != nil {
			_ = g.AbortWithError(http.StatusInternalServerError, err)
			return
		}
		header := g.Writer.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("Cache-Control", "no-cache")
		g.Data(http.StatusOK, "text/html; charset=utf-8", drawn)
	})
}
