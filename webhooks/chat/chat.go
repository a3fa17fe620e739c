// Package chat is the doors of the web chat: what the widget on a company's
// website calls, and the widget itself.
//
// The hard decision: a visitor is known by a token that their browser keeps,
// never by a cookie of ours: a widget stands on other people's sites, where
// browsers take third parties' cookies away. Each request names the site's key
// in its path and the token in its header, and answers only to the sites that
// the sender names.
package chat

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/live"
	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/gateway/visitors"
	"ringback/settings"
	"ringback/webhooks/chat/widget"
	"ringback/webhooks/web/limit"
)

// Config is what the doors stand on.
type Config struct {
	DB    *sqlx.DB
	Clock *clock.Clock
	Hub   *live.Hub
	Log   *slog.Logger
	// PublicURL is our own site, where the widget may always stand.
	PublicURL func() string
	// Account is the environment's, which senders without one of their own use.
	Account string
	// Secrets are the keys by which a chat's site says who its visitors are.
	Secrets func(ctx context.Context, company, sender string) ([][]byte, error)
	// Media keeps the files that visitors send.
	Media *media.Archive
	// Links are put into what visitors read: it is sent to them by being read.
	Links requests.Links
	// Receive makes events durable.
	Receive func(ctx context.Context, told []channels.Event) error
	// Wake has the gateway look at once for what is due.
	Wake func()
}

// What a message and a body may be at the most.
const (
	textLimit = 4000     // characters
	bodyLimit = 64 << 10 // bytes
)

type doors struct {
	Config
	book    *limit.Limiter
	streams limit.Open
	teams   *settings.Cache // of its own: who waits for it holds no connection that it needs
	slow    time.Duration   // how often a stream looks by itself
}

// Mount opens the doors.
func Mount(router gin.IRouter, c Config) {
	d := &doors{Config: c, book: limit.New(), teams: settings.NewCache(), slow: 2 * time.Minute}
	widget.File.Mount(router.Group("", foreign))
	at := func(method, path string, do func(*visit) error) {
		router.Handle(method, "/chat/v1/:key"+path, d.door(do))
	}
	at(http.MethodGet, "", d.config)
	at(http.MethodPost, "/visitors", d.createVisitor)
	at(http.MethodGet, "/messages", d.known((*visit).history))
	at(http.MethodPost, "/messages", d.known((*visit).write))
	at(http.MethodPost, "/files", d.known((*visit).upload))
	at(http.MethodPost, "/tickets", d.known((*visit).ticket))
	at(http.MethodPost, "/typing", d.known((*visit).typing))
	at(http.MethodPost, "/read", d.known((*visit).read))
	at(http.MethodGet, "/stream", d.known((*visit).stream))
	router.OPTIONS("/chat/v1/:key/*path", d.door(func(*visit) error { return nil }))
	router.OPTIONS("/chat/v1/:key", d.door(func(*visit) error { return nil }))
}

// visit is one request of a widget.
type visit struct {
	*doors
	g       *gin.Context
	team    *settings.Snapshot
	sender  settings.Sender
	visitor visitors.Visitor // with known
}
