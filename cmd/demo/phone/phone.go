// Package phone is the demo's phone page: at the left the phone of a customer
// who texts, calls or writes to a team on WhatsApp, at the right what the gateway did about it, and above both
// the clock that the demo plays. It is mounted in a demo only.
//
// The hard decision: there is one state, drawn on the server. The page is that
// state as HTML, and works without any script; the stream sends the same state
// again, whole, at every change, and the script fits it into the page. So there
// is nothing to resume after a lost connection and no second way to draw.
package phone

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/simulator/mailbox"
	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/twilio"
	"ringback/gateway"
)

// Config is what the page stands on.
type Config struct {
	DB        *sqlx.DB
	Company   string // the id of the demo's company
	Simulator *twilio.Simulator
	Meta      *meta.Simulator // brings what is written on WhatsApp
	Clock     *clock.Clock
	// MoveClock lets the demo play another time; nil is the real one.
	MoveClock func(ctx context.Context, at *time.Time) error
	Customers []Customer    // whom one can play; at least one
	Site      string        // the address of the company's website, with the chat on it; empty: it has none
	Public    func() string // where the provider reaches the gateway's doors
	Token     string        // not empty: nobody comes in without it
	// Watch tells of the gateway's changes until it is ended; the channel is
	// closed when the gateway stops.
	Watch func() (<-chan gateway.Change, func())
	Log   *slog.Logger
	// Show is where the gateway shows one of its files, by its id; nil: nowhere.
	Show func(id string) string
	// Mail is what the staff were sent by e-mail, the oldest first; nil: it goes
	// to a mail server of their own.
	Mail func() []mailbox.Letter
}

// Customer is somebody to play.
type Customer struct {
	Name   string
	Number string // E.164; empty: they show none, and can only be written to on WhatsApp
	User   string // their WhatsApp user id, of somebody without a number
}

// Address is what the customer is known by.
func (c Customer) Address() string { return cmp.Or(c.Number, c.User) }

// Phone is the page and what it remembers.
type Phone struct {
	Config
	turned bell        // the clock was moved or the provider told to misbehave
	down   atomic.Bool // the provider was told to be down

	revoked atomic.Bool // Meta takes our token no more
}

// Mount serves the page at /phone. The stylesheet that all pages share is not
// its own: assets.Mount serves it.
func Mount(router gin.IRouter, c Config) {
	p := &Phone{Config: c}
	pages := router.Group("/phone", p.headers, sameOrigin, p.guard)
	pages.GET("", p.show)
	pages.GET("/stream", p.stream)
	pages.GET("/pictures/:message/:file", p.pictureSent)
	pages.POST("/texts", p.text)
	pages.POST("/whatsapp", p.whatsapp)
	pages.POST("/calls", p.call)
	pages.POST("/clock", p.clock)
	pages.POST("/provider", p.provider)
	if c.Mail != nil {
		pages.GET("/mail", p.mail)
		mailScript.Mount(router)
	}
	style.Mount(router)
	script.Mount(router)
}
