// Package console is the staff's pages: one template and one handler file a
// page, in seven languages.
//
// The hard decision: a page knows no rule and reads no table. It calls the
// function of settings or gateway that the API's handler calls, behind the same
// table of who may call what; so whatever the API refuses, checks or permits
// holds here as well, and whoever has the API's description knows what a page
// can do.
package console

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/inbox"
	"ringback/gateway/live"
	"ringback/gateway/outboundhooks"
	"ringback/settings"
	"ringback/webhooks/web/i18n"
	"ringback/webhooks/web/limit"
	"ringback/webhooks/web/session"
	"ringback/webhooks/web/templates"
)

// Config is what the pages stand on.
type Config struct {
	Vault *settings.Vault
	Clock *clock.Clock
	Log   *slog.Logger
	Gate  session.Gate // says who makes a request
	Live  *live.Hub    // wakes pages about a team, by its id
	Inbox inbox.Desk   // what people do with what happened
	Hooks *outboundhooks.Dispatcher
	// Templates lists those of a WhatsApp sender's business at Meta; nil: nobody can.
	Templates func(ctx context.Context, sender settings.Sender) ([]channels.Approval, error)
	Asked     *limit.Limiter // who asked for what is counted how often, with the API's; nil: the console's alone
}

// Console is the pages of one process.
type Console struct {
	Config
	drawing
}

//go:embed templates/*.html phrases/*.json
var files embed.FS

// drawing is what every console of a process is drawn with.
type drawing struct {
	words   *i18n.Catalog
	pages   templates.Set
	manuals i18n.Each[helpPage]
}

// draw reads the phrases and the templates, once a process.
var draw = sync.OnceValues(func() (d drawing, err error) {
	if d.pages, err = templates.Load(files, functions, i18n.Codes); err != nil {
		return d, err
	}
	d.words = d.pages.Words
	d.manuals, err = i18n.MakeEach(d.words, drawHelp)
	return d, err
})

// New prepares the pages.
func New(c Config) (*Console, error) {
	d, err := draw()
	if err != nil {
		return nil, err
	}
	if c.Asked == nil {
		c.Asked = limit.New()
	}
	return &Console{Config: c, drawing: d}, nil
}

// Mount serves the pages and what they are made of.
func (c *Console) Mount(router gin.IRouter) {
	for _, file := range made {
		file.Mount(router)
	}
	shown := map[string]bool{}
	for _, p := range pages {
		router.Handle(p.method, p.path, c.handle(p))
		shown[p.path] = shown[p.path] || p.method == http.MethodGet
	}
	for path, is := range shown {
		if !is {
			router.GET(path, formOpened(path))
		}
	}
}

// Missing answers where there is no route: a browser gets a page that says so,
// everybody else what the API answers.
func (c *Console) Missing(otherwise gin.HandlerFunc) gin.HandlerFunc {
	lost := c.handle(page{show: func(*View) error { return settings.ErrNotFound }, operation: "choose-language"})
	return func(g *gin.Context) {
		if strings.HasPrefix(g.Request.URL.Path, "/api/") || !strings.Contains(g.GetHeader("Accept"), "text/html") {
			otherwise(g)
			return
		}
		lost(g)
	}
}

// policy lets a page load what is ours alone, and nobody frame it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

func (c *Console) handle(p page) gin.HandlerFunc {
	return func(g *gin.Context) {
		h := g.Writer.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-store")
		// not "no-referrer": forms would come back from Origin null, which is nobody's
		h.Set("Referrer-Policy", "same-origin")
		h.Add("Vary", "Cookie, Accept-Language, HX-Request")
		v := c.view(g, p)
		if p.open() { // anybody may send something there
			g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, 64<<10)
			if wait := session.Wait(c.Asked, g.Request); wait > 0 {
				h.Set("Retry-After", limit.Seconds(wait))
				v.fail(&problem{http.StatusTooManyRequests, v.T("error.busy")})
				return
			}
		}
		if err := v.run(p); err != nil {
			v.noteRefused(p.operation, err)
			v.fail(err)
		}
	}
}
