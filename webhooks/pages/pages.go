// Package pages is what customers see behind a link: approve or decline, rate,
// say whether it is resolved, send photos, pay. They work without JavaScript;
// what there is of it shows how far an upload has come.
//
// The hard decision: the token in the address is all that a customer has, so
// nothing may carry it away. No page links or refers to another site, none is
// cached or indexed, logs do not name it, and opening a link answers nothing:
// those who fetch links to preview them are no customers.
package pages

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway"
	"ringback/gateway/media"
	"ringback/webhooks/web/assets"
	"ringback/webhooks/web/i18n"
	"ringback/webhooks/web/limit"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed phrases/*.json
var phrases embed.FS

//go:embed assets/pages.css
var stylesheet []byte

//go:embed assets/upload.js
var script []byte

// What the pages add to the stylesheet of all.
var (
	style  = assets.NewFile("/assets/pages.css", "text/css; charset=utf-8", stylesheet)
	upload = assets.NewFile("/assets/upload.js", "text/javascript; charset=utf-8", script)
)

// Config is what the pages stand on.
type Config struct {
	DB        *sqlx.DB
	Clock     *clock.Clock
	Log       *slog.Logger
	Media     *media.Archive
	PublicURL func() string
	Stripe    *stripe.Client       // nil: no payments are taken
	Wake      func()               // lets the workers see what an answer leads to
	Changed   func(gateway.Change) // told of each answer
}

// Pages is the customers' pages.
type Pages struct {
	Config
	drawing
	visits *limit.Limiter
}

// drawing is what the pages are drawn with.
type drawing struct {
	words *i18n.Catalog
	drawn i18n.Each[*template.Template]
}

// draw reads it, once a process.
var draw = sync.OnceValues(func() (d drawing, err error) {
	said, err := fs.Sub(phrases, "phrases")
	if err != nil {
		return d, err
	}
	if d.words, err = i18n.Load(said); err != nil {
		return d, err
	}
	d.drawn, err = i18n.MakeEach(d.words, func(l *i18n.Language) (*template.Template, error) {
		return template.New("").Funcs(functions(l)).ParseFS(templates, "templates/*.html")
	})
	return d, err
})

// New prepares the pages.
func New(c Config) (*Pages, error) {
	d, err := draw()
	if err != nil {
		return nil, fmt.Errorf("customers' pages: %w", err)
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	if c.Changed == nil {
		c.Changed = func(gateway.Change) {}
	}
	return &Pages{Config: c, drawing: d, visits: limit.New()}, nil
}

// Mount opens the pages on a router.
func (p *Pages) Mount(router gin.IRouter) {
	style.Mount(router)
	upload.Mount(router)
	at := router.Group("/r/:token", p.limit)
	at.GET("", p.show)
	at.HEAD("", p.head)
	at.POST("", p.answer)
	at.POST("/files", p.files)
	at.POST("/uploads", p.beginUpload)
	at.HEAD("/uploads/:id", p.howFar)
	at.PATCH("/uploads/:id", p.addPart)
}

// tell lets everybody know that something came of a page.
func (p *Pages) tell(_ context.Context, kind, company, team, id string) {
	p.Wake()
	p.Changed(gateway.Change{Kind: kind, CompanyID: company, TeamID: team, ID: id})
}
