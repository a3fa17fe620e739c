// Package twilio carries SMS, MMS and WhatsApp through Twilio: it verifies and
// reads what Twilio posts to our doors, and sends through Twilio's API.
//
// The hard decision: a create call is not idempotent at Twilio, so what became
// of it is told by one thing alone, whether our request had left before it
// failed. Not yet: it may be sent again. After that, and without an answer we
// can read: nobody knows, and Find has to look before anything is sent again.
package twilio

import (
	"net/http"
	"net/url"
	"time"

	"ringback/channels"
	"ringback/channels/httpcall"
)

// defaultTimeout bounds one call of the API, the answer's body included.
const defaultTimeout = 15 * time.Second

// Config says how Twilio's API is reached. The zero value is Twilio itself.
type Config struct {
	// BaseURL takes the place of https://api.twilio.com: scheme and host, and
	// a path that is put in front of the API's own. nil: Twilio's.
	BaseURL *url.URL
	// Timeout bounds one call of the API; 0: 15 seconds.
	Timeout time.Duration
}

// Channel is Twilio. It holds no account: each call brings its own.
type Channel struct {
	base    *url.URL
	timeout time.Duration
	http    *http.Client
	files   *http.Client

	contents contents
}

// twilioAPI is the host of Twilio's API.
const twilioAPI = "api.twilio.com"

// New returns Twilio as Config describes it.
func New(cfg Config) *Channel {
	c := &Channel{base: cfg.BaseURL, timeout: cfg.Timeout, http: httpcall.NewClient()}
	if c.base == nil {
		c.base = &url.URL{Scheme: "https", Host: twilioAPI}
	}
	c.files = httpcall.NewFileClient(c.base, twilioAPI)
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	return c
}

// Kinds are the kinds of senders that messages come to and leave from.
func (c *Channel) Kinds() []channels.Kind {
	return []channels.Kind{channels.SMS, channels.WhatsAppTwilio}
}
