package phone

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"ringback/webhooks/web/assets"
)

//go:embed page
var files embed.FS

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{"pieces": pieces}).ParseFS(files, "page/*.html"))
})

var (
	style  = file("phone.css", "text/css; charset=utf-8")
	script = file("phone.js", "text/javascript; charset=utf-8")
	shared = assets.Stylesheet.URL
)

func file(name, contentType string) assets.File {
	content, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return assets.NewFile("/phone/"+name, contentType, content)
}

// parts are what the stream sends again at each change, beside the part of the
// app that is open: templates, and the ids of the elements that they fill.
var parts = []string{"now", "provider", "guides", "team", "story"}

// show draws the page of the conversation in the address.
func (p *Phone) show(g *gin.Context) {
	c, err := p.chosen(g.Request.Context(), g.Request.URL.Query())
	if err != nil {
		p.draw(g, c, p.asFault(g, err))
		return
	}
	p.draw(g, c, nil)
}

func (p *Phone) draw(g *gin.Context, c conversation, f *fault) {
	v, err := p.view(g.Request.Context(), c)
	if err != nil {
		f = p.asFault(g, err)
	}
	status := http.StatusOK
	if v.Fault = f; f != nil {
		status, v.Written = f.Status, g.Request.PostForm.Get("text")
	}
	page, err := render("page", v)
	if err != nil {
		p.Log.Error("the phone page failed", "error", err)
		g.String(http.StatusInternalServerError, "Something went wrong; it was logged. Please try again.\n")
		return
	}
	g.Data(status, "text/html; charset=utf-8", []byte(page))
}

func render(name string, v view) (string, error) {
	var page bytes.Buffer
	if err := templates().ExecuteTemplate(&page, name, v); err != nil {
		return "", fmt.Errorf("phone: draw %s: %w", name, err)
	}
	return page.String(), nil
}
