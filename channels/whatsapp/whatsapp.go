// Package whatsapp carries WhatsApp through Meta's Cloud API: it verifies and
// reads what Meta posts to our door, and sends through the Graph API.
//
// The hard decision: one body may tell of hundreds of things, for several of
// our numbers and businesses, and none of them may be lost because another
// cannot be read. So each item is read by itself, from its own bytes, and what
// cannot be understood still becomes an event that keeps them.
package whatsapp

import (
	"net/http"
	"net/url"
	"time"

	"ringback/channels"
	"ringback/channels/httpcall"
)

// DefaultVersion is the Graph API's version when none is configured.
const DefaultVersion = "v26.0"

// defaultTimeout bounds one call of the API, the answer's body included.
const defaultTimeout = 15 * time.Second

// Config says how the Graph API is reached, and how Meta knows our door.
type Config struct {
	// BaseURL takes the place of https://graph.facebook.com: scheme and host,
	// and a path that is put in front of the API's own. nil: Meta's.
	BaseURL *url.URL
	// Version of the Graph API, such as v26.0; empty: DefaultVersion.
	Version string
	// VerifyToken is what Meta shows when it makes sure of our door; an empty
	// one never matches.
	VerifyToken string
	// Timeout bounds one call of the API; 0: 15 seconds.
	Timeout time.Duration
}

// Channel is Meta's Cloud API. It holds no account: each call brings its own,
// whose ID is the phone number id, whose first secret is the access token and
// whose further ones are app secrets.
type Channel struct {
	Config
	http  *http.Client
	files *http.Client
}

// New returns Meta as Config describes it.
func New(cfg Config) *Channel {
	if cfg.BaseURL == nil {
		cfg.BaseURL = &url.URL{Scheme: "https", Host: "graph.facebook.com"}
	}
	if cfg.Version == "" {
		cfg.Version = DefaultVersion
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	return &Channel{Config: cfg, http: httpcall.NewClient(), files: httpcall.NewFileClient(cfg.BaseURL, "graph.facebook.com")}
}

// Kinds are the kinds of senders that messages come to and leave from.
func (c *Channel) Kinds() []channels.Kind { return []channels.Kind{channels.WhatsAppCloud} }
