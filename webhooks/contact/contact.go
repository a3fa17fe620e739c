// Package contact is a team's contact page, which customers call its VoiceHub:
// whether somebody is there, and every way to reach them, from a call to a
// ticket left in a form. It works without JavaScript and prints well.
//
// The hard decision: the page is for everybody, so nothing that is typed into
// its form proves who typed it. Its ticket stands apart, with a contact of its own
// who has a name and no address, and says whose number was given: the staff join the
// two. The confirmation goes to the number alone, and only so often.
package contact

import (
	"embed"
	"fmt"
	"log/slog"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway"
	"ringback/webhooks/web/assets"
	"ringback/webhooks/web/limit"
	"ringback/webhooks/web/templates"
)

//go:embed templates/*.html phrases/*.json
var folder embed.FS

//go:embed assets/contact.css
var stylesheet []byte

var style = assets.NewFile("/assets/contact.css", "text/css; charset=utf-8", stylesheet)

// Config is what the page stands on.
type Config struct {
	DB        *sqlx.DB
	Clock     *clock.Clock
	Log       *slog.Logger
	PublicURL func() string
	Wake      func()               // lets the workers answer a new ticket at once
	Changed   func(gateway.Change) // told of each ticket
}

// Contact is the contact pages of all teams.
type Contact struct {
	Config
	templates templates.Set
	book      *limit.Limiter
	left      *limit.Slowdown
}

// load reads the pages, once a process.
var load = sync.OnceValues(func() (templates.Set, error) { return templates.Load(folder, functions) })

// New prepares the pages.
func New(c Config) (*Contact, error) {
	set, err := load()
	if err != nil {
		return nil, fmt.Errorf("contact page: %w", err)
	}
	return &Contact{Config: c, templates: set, book: limit.New(), left: leaving()}, nil
}

// Mount opens the pages on a router.
func (p *Contact) Mount(router gin.IRouter) {
	style.Mount(router)
	at := router.Group("/c/:team", p.slow)
	at.GET("", p.show) // and with .vcf behind the id, the vCard
	at.HEAD("", p.show)
	at.POST("", p.leave)
	at.GET("/qr.png", p.code)
}
