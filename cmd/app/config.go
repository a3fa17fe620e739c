package app

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"ringback/channels/clock"
	"ringback/channels/mail"
	"ringback/channels/twilio"
	"ringback/gateway/media/blob"
	"ringback/settings"
	"ringback/webhooks"
)

// Config is what the environment says. The zero value of a field is "not set".
type Config struct {
	Listen      string `env:"LISTEN" envDefault:":8080"`
	AdminListen string `env:"ADMIN_LISTEN"` // where metrics and health are answered; empty: metrics at LISTEN
	PublicURL   string `env:"PUBLIC_URL"`
	DatabaseURL string `env:"DATABASE_URL"`
	// DatabaseConnections is how many this replica may have at once; 0: 40.
	DatabaseConnections int    `env:"DATABASE_CONNECTIONS"`
	DataDir             string `env:"RINGBACK_DATA_DIR" envDefault:"./data"`
	SpoolURL            string `env:"SPOOL_URL"`                   // a folder; empty: one in the data folder
	SpoolLimit          int64  `env:"SPOOL_LIMIT_MB"`              // 0: 1024
	TracesURL           string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"` // of a collector; empty: nothing is traced
	SecretKey           string `env:"RINGBACK_SECRET_KEY"`
	BackupKey           string `env:"RINGBACK_BACKUP_KEY"`
	BootstrapKey        string `env:"RINGBACK_BOOTSTRAP_KEY"`

	TrustedProxies []string `env:"TRUSTED_PROXIES"` // addresses and networks, with commas between them

	TwilioAccount       string `env:"TWILIO_ACCOUNT_SID"`
	TwilioToken         string `env:"TWILIO_AUTH_TOKEN"`
	TwilioTokenPrevious string `env:"TWILIO_AUTH_TOKEN_PREVIOUS"`
	TwilioKey           string `env:"TWILIO_API_KEY"` // SK…: what Twilio's API is called with in place of the token
	TwilioKeySecret     string `env:"TWILIO_API_SECRET"`
	TwilioBaseURL       string `env:"TWILIO_BASE_URL"`

	MetaSecret         string `env:"META_APP_SECRET"`
	MetaSecretPrevious string `env:"META_APP_SECRET_PREVIOUS"`
	MetaVerifyToken    string `env:"META_VERIFY_TOKEN"`
	MetaToken          string `env:"META_ACCESS_TOKEN"`
	MetaBaseURL        string `env:"META_BASE_URL"`
	MetaVersion        string `env:"META_GRAPH_VERSION"`

	MediaURL string `env:"MEDIA_URL"`

	StripeKey             string `env:"STRIPE_SECRET_KEY"`
	StripeWebhook         string `env:"STRIPE_WEBHOOK_SECRET"`
	StripeWebhookPrevious string `env:"STRIPE_WEBHOOK_SECRET_PREVIOUS"`
	StripeBaseURL         string `env:"STRIPE_BASE_URL"`

	OIDCIssuer string `env:"OIDC_ISSUER"` // the company's identity provider; empty: there is none
	OIDCClient string `env:"OIDC_CLIENT_ID"`
	OIDCSecret string `env:"OIDC_CLIENT_SECRET"`
	OIDCRoles  string `env:"OIDC_ROLES"` // such as groups: ringback-admins=admin; *=advisor
	OIDCOnly   bool   `env:"OIDC_ONLY"`  // passwords are for local admins alone

	NgrokToken string `env:"NGROK_AUTHTOKEN"` // with serve --tunnel ngrok

	SMTPURL  string `env:"SMTP_URL"`
	MailFrom string `env:"MAIL_FROM"`

	SpeechURL   string `env:"SPEECH_URL"` // of a server that puts voicemails down in writing; empty: nobody does
	SpeechKey   string `env:"SPEECH_KEY"`
	SpeechModel string `env:"SPEECH_MODEL"`

	DraftsURL   string `env:"DRAFT_URL"` // of a server that suggests answers to the staff; empty: nobody does
	DraftsKey   string `env:"DRAFT_KEY"`
	DraftsModel string `env:"DRAFT_MODEL"`

	LogLevel  string `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat string `env:"LOG_FORMAT" envDefault:"text"`

	Throwaway   bool          `env:"-"` // tests only: the embedded database need not survive the machine
	Clock       *clock.Clock  `env:"-"` // a demo's or a test's; nil: the real one
	Database    *Database     `env:"-"` // open already, with the schema of this program, and not closed with the App; nil: DatabaseURL's
	SpoolAfter  time.Duration `env:"-"` // tests only: how long Postgres may take for what came in; 0: a second
	FastTimeout time.Duration `env:"-"` // tests only: how long a caller waits for the database; 0: as short as is usual
	StopWithin  time.Duration `env:"-"` // tests only: how long a stop may take; 0: 25 seconds
	PushTLS     *tls.Config   `env:"-"` // tests only: push services are on this machine, and are known by this
	Tunnel      net.Listener  `env:"-"` // by which the internet comes in as well, at PublicURL; nil: there is none
}

// FromEnvironment reads the configuration and names every fault in it at once.
func FromEnvironment() (Config, error) {
	var c Config
	misread := env.Parse(&c)
	for n, proxy := range c.TrustedProxies {
		c.TrustedProxies[n] = strings.TrimSpace(proxy)
	}
	return c, errors.Join(unread(misread), c.Check())
}

// unread names what is not of its variable's form, as Check names what is wrong with
// what is.
func unread(err error) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	faults := make([]error, len(all.Errors))
	for n, one := range all.Errors {
		var misread env.ParseError
		if !errors.As(one, &misread) {
			faults[n] = one
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(misread.Name)
		variable, form := field.Tag.Get("env"), "a number"
		if misread.Type.Kind() == reflect.Bool {
			form = "true or false"
		}
		faults[n] = fmt.Errorf("%s: %q is not %s", variable, os.Getenv(variable), form)
	}
	return errors.Join(faults...)
}

// Check names every fault at once, each by its variable and with what to do.
func (c Config) Check() error {
	var faults []error
	fault := func(variable, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s", variable, fmt.Sprintf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		fault("LISTEN", "%q is not host:port or :port", c.Listen)
	}
	if _, _, err := net.SplitHostPort(c.AdminListen); c.AdminListen != "" && err != nil {
		fault("ADMIN_LISTEN", "%q is not host:port, such as 127.0.0.1:9090", c.AdminListen)
	}
	checkURL(fault, "PUBLIC_URL", c.PublicURL)
	if u, err := url.Parse(c.PublicURL); err == nil && strings.Contains(u.Host, "_") {
		fault("PUBLIC_URL", "%q has an underscore in its host, to which Twilio tells nothing: every message would be refused", c.PublicURL)
	}
	if c.DatabaseURL != "" {
		if _, err := newConnector(c.DatabaseURL, nil, nil, dialer{}); err != nil { // whose words could hold the password
			fault("DATABASE_URL", "%v", errAddress)
		}
	}
	if err := webhooks.CheckProxies(c.TrustedProxies); err != nil {
		fault("TRUSTED_PROXIES", "%v", err)
	}
	if c.DatabaseConnections != 0 && c.DatabaseConnections < fewestConnections {
		fault("DATABASE_CONNECTIONS", "must be at least %d", fewestConnections)
	}
	checkURL(fault, "TWILIO_BASE_URL", c.TwilioBaseURL)
	checkURL(fault, "OTEL_EXPORTER_OTLP_ENDPOINT", c.TracesURL)
	checkURL(fault, "STRIPE_BASE_URL", c.StripeBaseURL)
	if (c.StripeKey == "") != (c.StripeWebhook == "") {
		fault("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET", "go together: without the second nobody could say that a payment has come, without the first none could begin")
	}
	if c.MediaURL != "" {
		if err := blob.Check(c.MediaURL); err != nil {
			fault("MEDIA_URL", "%v", err)
		}
	}
	if _, err := c.spoolFolder(); err != nil {
		fault("SPOOL_URL", "%v", err)
	}
	if c.SpoolLimit < 0 {
		fault("SPOOL_LIMIT_MB", "must be a number of megabytes, such as 1024")
	}
	if c.SMTPURL != "" || c.MailFrom != "" {
		if _, err := mail.New(mail.Config{URL: c.SMTPURL, From: c.MailFrom}); err != nil {
			faults = append(faults, err)
		}
	}
	if c.SecretKey != "" {
		if key, err := base64.StdEncoding.DecodeString(c.SecretKey); err != nil || len(key) != 32 {
			fault("RINGBACK_SECRET_KEY", "must be 32 bytes in base64; make one with: openssl rand -base64 32")
		}
	}
	if c.BootstrapKey != "" && len(c.BootstrapKey) < 16 {
		fault("RINGBACK_BOOTSTRAP_KEY", "must have at least 16 characters; make one with: openssl rand -hex 24")
	}
	if c.TwilioAccount != "" && c.TwilioToken == "" {
		fault("TWILIO_AUTH_TOKEN", "must be set with TWILIO_ACCOUNT_SID: an empty token would let anybody in")
	}
	if c.TwilioAccount != "" && !settings.IsAccountSID(c.TwilioAccount) {
		fault("TWILIO_ACCOUNT_SID", "%q is not AC and 32 digits from 0 to f, as Twilio's console shows it", c.TwilioAccount)
	}
	if c.TwilioAccount == "" && c.TwilioToken+c.TwilioTokenPrevious != "" {
		fault("TWILIO_ACCOUNT_SID", "must be set with TWILIO_AUTH_TOKEN")
	}
	c.checkKeys(fault)
	c.checkMeta(fault)
	c.checkIdentity(fault)
	c.checkModels(fault)
	if _, err := c.level(); err != nil {
		fault("LOG_LEVEL", "%q is not one of debug, info, warn, error", c.LogLevel)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		fault("LOG_FORMAT", "%q is not text or json", c.LogFormat)
	}
	return errors.Join(faults...)
}

// checkKeys are the secrets that stand beside others.
func (c Config) checkKeys(fault func(string, string, ...any)) {
	switch {
	case (c.TwilioKey == "") != (c.TwilioKeySecret == ""):
		fault("TWILIO_API_KEY and TWILIO_API_SECRET", "go together")
	case c.TwilioKey != "" && !apiKey.MatchString(c.TwilioKey):
		fault("TWILIO_API_KEY", "%q is not SK and 32 digits from 0 to f, as Twilio's console shows it", c.TwilioKey)
	case c.TwilioKey != "" && c.TwilioAccount == "":
		fault("TWILIO_ACCOUNT_SID", "must be set with TWILIO_API_KEY: the key belongs to one account, whose auth token signs its webhooks")
	}
	if c.StripeWebhookPrevious != "" && c.StripeWebhook == "" {
		fault("STRIPE_WEBHOOK_SECRET", "must be set with STRIPE_WEBHOOK_SECRET_PREVIOUS")
	}
}

var apiKey = regexp.MustCompile(`^SK[0-9a-fA-F]{32}$`)

func checkURL(fault func(string, string, ...any), variable, value string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		fault(variable, "%q is not an address like https://texts.example.com", value)
	}
}

// publicURL is where providers reach us, without a slash at the end.
func (c Config) publicURL() string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	_, port, _ := net.SplitHostPort(c.Listen)
	return "http://localhost:" + port
}

// Twilio is the channel to Twilio, or to what TWILIO_BASE_URL names in its place.
func (c Config) Twilio() (*twilio.Channel, error) {
	if c.TwilioBaseURL == "" {
		return twilio.New(twilio.Config{}), nil
	}
	base, err := url.Parse(c.TwilioBaseURL)
	if err != nil {
		return nil, fmt.Errorf("TWILIO_BASE_URL: %w", err)
	}
	return twilio.New(twilio.Config{BaseURL: base}), nil
}

func (c Config) twilioSecrets() []string {
	var live []string
	for _, secret := range []string{c.TwilioToken, c.TwilioTokenPrevious} {
		if secret != "" {
			live = append(live, secret)
		}
	}
	return live
}
