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
	"log/slog"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway"
	"ringback/gateway/media"
	"ringback/webhooks/web/assets"
	"ringback/webhooks/web/limit"
	"ringback/webhooks/web/templates"
)

//go:embed templates/*.html phrases/*.json
var folder embed.FS

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
	templates templates.Set
	visits    *limit.Limiter
}

// load reads the pages, once a process.
var load = sync.OnceValues(func() (templates.Set, error) { return templates.Load(folder, functions) })

// New prepares the pages.
func New(c Config) (*Pages, error) {
	set, err := load()
	if err != nil {
		return nil, fmt.Errorf("customers' pages: %w", err)
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	if c.Changed == nil {
		c.Changed = func(gateway.Change) {}
	}
	return &Pages{Config: c, templates: set, visits: limit.New()}, nil
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
