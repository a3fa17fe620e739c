package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"ringback/channels/clock"
	"ringback/channels/simulator"
	"ringback/channels/simulator/mailbox"
	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/stripe"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/progress"
)

// Access is how to get at a running demo. It is kept in the demo's folder, so
// that `ringback simulate` finds the demo and its key survives a restart.
type Access struct {
	URL     string `json:"url"`
	Key     string `json:"key"`     // of the API
	Account string `json:"account"` // the simulated provider's
	Token   string `json:"token"`
	Secret  string `json:"app_secret"` // of the simulated Meta's app
	// Of the console's admin.
	Email    string `json:"email"`
	Password string `json:"password"`
}

// Folder is where the demo keeps its data.
func Folder(c app.Config) string { return filepath.Join(c.DataDir, "demo") }

// Find reads the access to the demo of this configuration.
func Find(c app.Config) (Access, error) {
	var a Access
	raw, err := os.ReadFile(filepath.Join(Folder(c), "access.json"))
	if err != nil {
		return a, fmt.Errorf("no demo found (start one with: ringback demo): %w", err)
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("the demo's access.json: %w", err)
	}
	return a, nil
}

// Demo is one that was started and whose doors Serve opens.
type Demo struct {
	*app.App
	Access    Access
	Simulator *twilio.Simulator
	Stripe    *stripe.Simulator
	Meta      *meta.Simulator
	Mail      *mailbox.Server // nil: the staff's e-mail goes out
	played    simulator.World // all four of them
	Phone     string          // the address of the phone page, with its token where it asks for one
	Site      string          // the address of the company's website, with the chat on it
	fresh     bool            // the company was made by this start
}

// Beginning is how a demo begins that was not there before.
type Beginning struct {
	Empty bool           // nothing has happened yet
	Past  *progress.Line // told how far the past is; nil: nobody is
}

// connections is how many a demo has to its database. It has one visitor, and each
// connection prepares and plans every statement for itself.
const connections = 12

// Run plays the demo until the context ends. It is introduced once its past is over.
func Run(ctx context.Context, c app.Config, log *slog.Logger, b Beginning, introduce func(*Demo) error) error {
	d, err := Start(ctx, c, log)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- d.Serve(serving) }()
	if d.fresh && !b.Empty {
		if err := d.Past(serving, b.Past); err != nil && ctx.Err() == nil {
			log.Warn("the past of the demo has ended early", "error", err)
		}
	} else if err := d.hurry(ctx, false); err != nil { // it may have been killed in the middle of its past
		log.Warn("the demo's database was not asked to wait for its disk", "error", err)
	}
	if err = introduce(d); err != nil {
		stop()
	}
	return errors.Join(err, <-done)
}

// Start sets the company up, with a provider of its own beside it, which the
// changes are for.
func Start(ctx context.Context, c app.Config, log *slog.Logger, changes ...func(*twilio.Config)) (*Demo, error) {
	access, err := open(c)
	if err != nil {
		return nil, err
	}
	c.DatabaseConnections = cmp.Or(c.DatabaseConnections, connections)
	if c.Clock == nil {
		c.Clock = &clock.Clock{}
	}
	d := &Demo{Access: access}
	provider := twilio.Config{AccountSID: access.Account, AuthToken: access.Token, Numbers: Numbers, Clock: c.Clock, Log: log, Auto: true}
	for _, change := range changes {
		change(&provider)
	}
	d.Simulator = twilio.New(provider)
	d.Simulator.Advisor("", nobodyPicksUp) // who picks up is up to the person at the phone page
	d.Simulator.Pool(Service, Name, Numbers[0])
	d.Simulator.Agent(Service, Agent)
	d.Simulator.RCS(OnRCS, true)
	if c.TwilioBaseURL, err = d.played.Start(d.Simulator); err != nil {
		return nil, err
	}
	if err := errors.Join(d.openTill(&c), d.openMeta(&c), d.openMail(&c)); err != nil {
		d.played.Close()
		return nil, err
	}
	c.TwilioAccount, c.TwilioToken, c.TwilioTokenPrevious = access.Account, access.Token, ""
	c.DataDir, c.BootstrapKey = Folder(c), access.Key
	if d.App, err = app.New(ctx, c, log); err != nil {
		d.played.Close()
		return nil, err
	}
	if err := d.setup(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Demo) setup(ctx context.Context) error {
	var err error
	if d.fresh, err = Setup(ctx, d.DB.DB, d.Company); err != nil {
		return err
	}
	d.Access.URL = d.PublicURL()
	if err := signIn(ctx, d.App, &d.Access); err != nil {
		return err
	}
	if d.Site, err = mountSite(ctx, d.App); err != nil {
		return err
	}
	d.Phone = mountPhone(d.App, d.Simulator, d.Meta, d.Site, d.letters())
	return d.Access.keep(d.Config.DataDir)
}

// Serve opens the doors until the context ends, then stops all there is.
func (d *Demo) Serve(ctx context.Context) error {
	defer d.played.Close()
	return d.App.Serve(ctx)
}

// Close stops a demo that was not served.
func (d *Demo) Close() error {
	defer d.played.Close()
	return d.App.Close()
}

// Places is where everything is, to a program.
type Places struct {
	Access
	Phone string `json:"phone_page"`
	Site  string `json:"website"`
	Data  string `json:"data"` // the folder
}

// Places is where everything is.
func (d *Demo) Places() Places { return Places{d.Access, d.Phone, d.Site, d.Config.DataDir} }

// Introduction says where everything is.
func (d *Demo) Introduction() string {
	return fmt.Sprintf(`
  %[1]s, played by Ringback. Nothing here leaves this machine.

  Phone page   %[2]s
               text, call or write on WhatsApp as a customer, see what comes back and why
%[10]s  Website      %[9]s
               the company's own, with the chat at the corner
  Console      %[5]s
               sign in as %[7]s with %[8]s
  From a shell %[3]s simulate sms --body "Are you open?"
               %[3]s simulate call --leave-voicemail 8s
               %[3]s simulate whatsapp --body "Are you open?"
               %[3]s simulate chat --body "Are you open?"
  API          curl -H "Authorization: Bearer %[4]s" %[5]s/api/v1/teams

  Kept in %[6]s. Ctrl-C stops it.

`, Name, d.Phone, command(), d.Access.Key, d.Access.URL, d.Config.DataDir, d.Access.Email, d.Access.Password, d.Site, d.introduceMail())
}

// open returns the access of an earlier start, or a new one.
func open(c app.Config) (Access, error) {
	folder := Folder(c)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Access{}, fmt.Errorf("the demo's folder: %w", err)
	}
	access, err := Find(c)
	if errors.Is(err, fs.ErrNotExist) {
		access, err = Access{Key: secret("rb_demo_"), Account: secret("AC"), Token: secret("")}, nil
	}
	if access.Secret == "" {
		access.Secret = secret("")
	}
	if c.BootstrapKey != "" {
		access.Key = c.BootstrapKey
	}
	return access, err
}

func (a Access) keep(folder string) error {
	raw, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return fmt.Errorf("the demo's access: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "access.json"), append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("the demo's access: %w", err)
	}
	return nil
}

func secret(prefix string) string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	return prefix + hex.EncodeToString(random)
}

// command is how this program was started, for the reader to start it again:
// "go run" leaves no ringback that a shell would find.
func command() string {
	if self, err := os.Executable(); err == nil && strings.Contains(self, "go-build") {
		return "go run ./cmd/ringback"
	}
	return "ringback"
}
