// Package doctor looks at Ringback from outside: is the public address ours,
// are the providers' accounts let in, and do the providers bring what happens
// to our doors? It says so in words, and puts right what it can when asked.
//
// The hard decision: it holds what stands at the provider against the senders
// in the database, not against a file of its own, so there is nothing that the
// doctor believes and the gateway does not.
package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
	"ringback/settings"
)

// Config is what the doctor looks at.
type Config struct {
	DB        *sqlx.DB
	Vault     *settings.Vault
	Twilio    *twilio.Channel
	Meta      *whatsapp.Channel
	PublicURL string // empty: not set
	Fix       bool
	Out       io.Writer
	Color     bool
	Found     func(Finding) // nil: nobody but Out is told
}

// Differs is how many things are wrong and were not put right.
type Differs int

func (d Differs) Error() string {
	if d == 1 {
		return "1 thing has to be put right"
	}
	return fmt.Sprintf("%d things have to be put right", int(d))
}

// Run looks at everything and reports it. It returns Differs when something is
// wrong, and other errors when it could not look.
func Run(ctx context.Context, c Config) error {
	r := &report{out: c.Out, color: c.Color, found: c.Found}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	reached := c.reach(ctx, r)
	if err := c.accounts(ctx, r, reached); err != nil {
		return err
	}
	if err := c.meta(ctx, r); err != nil {
		return err
	}
	r.sum(c.Fix)
	if r.failed != nil {
		return fmt.Errorf("doctor: %w", r.failed)
	}
	if r.wrong > 0 {
		return Differs(r.wrong)
	}
	return nil
}

// reach asks for our own /livez by the way that the providers come, and reports
// whether it is ours that answers.
func (c Config) reach(ctx context.Context, r *report) bool {
	r.title("The public address")
	if c.PublicURL == "" {
		r.bad("PUBLIC_URL is not set", "nothing", "the https address by which the internet reaches this Ringback, such as https://texts.example.com")
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	said, err := livez(ctx, c.PublicURL)
	ours := err == nil && strings.TrimSpace(said) == "ok"
	switch {
	case err != nil:
		r.bad(c.PublicURL+" does not lead here", err.Error(), "an answer of /livez. Is Ringback running, and the tunnel or proxy in front of it?")
	case !ours:
		r.bad(c.PublicURL+" leads elsewhere", "somebody else's page at /livez", "Ringback's own answer")
	default:
		r.ok(c.PublicURL + " leads to Ringback")
	}
	if strings.HasPrefix(c.PublicURL, "http://") {
		r.note("It is http: what customers write passes in the clear", "an https address")
	}
	return ours
}

func livez(ctx context.Context, public string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, public+"/livez", nil)
	if err != nil {
		return "", err
	}
	answer, err := ask(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("HTTP status %d", answer.StatusCode)
	}
	return string(body), err
}

// secrets are an account's, or a finding that there are none.
func (c Config) secrets(ctx context.Context, r *report, account string) (channels.Account, bool) {
	id := account
	if id == "" {
		id = c.Vault.Environment[settings.Twilio].ID
	}
	found, err := c.Vault.Account(ctx, c.DB, settings.Twilio, account)
	if err != nil || id == "" {
		r.bad("There is no token for it", "nothing", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or the sender's own account")
		return channels.Account{}, false
	}
	found.ID = id
	return found, true
}
