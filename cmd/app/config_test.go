package app

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/spool"
)

// TestPoolsShareWhatAReplicaMayOpen: both have some of the least, and together they
// never have more than is allowed.
func TestPoolsShareWhatAReplicaMayOpen(t *testing.T) {
	api, work := pools(0)
	require.Equal(t, []int{connections, workingConnections}, []int{api, work})
	for all := fewestConnections; all < 200; all++ {
		api, work := pools(all)
		require.Equal(t, all, api+work)
		require.GreaterOrEqual(t, api, 3)
		require.GreaterOrEqual(t, work, 6)
	}
}

func TestTooFewConnectionsAreRefused(t *testing.T) {
	c := Config{Listen: ":0", LogLevel: "info", LogFormat: "text"}
	for n, want := range map[int]bool{0: true, fewestConnections: true, fewestConnections - 1: false, -1: false} {
		c.DatabaseConnections = n
		if want {
			require.NoError(t, c.Check(), n)
		} else {
			require.ErrorContains(t, c.Check(), "DATABASE_CONNECTIONS: must be at least 10", n)
		}
	}
}

// TestEachFaultIsNamedAtOnce: whoever installs it puts all of them right together, and
// no password stands in the log.
func TestEachFaultIsNamedAtOnce(t *testing.T) {
	c := Config{Listen: "8080", LogLevel: "info", LogFormat: "text", DatabaseURL: "postgres://ringback:secret@[broken/ringback", TwilioAccount: "SK0123", TwilioToken: "token"}
	err := c.Check()
	for _, said := range []string{"LISTEN: ", "DATABASE_URL: not an address like ", `TWILIO_ACCOUNT_SID: "SK0123" is not AC and 32`} {
		require.ErrorContains(t, err, said)
	}
	require.NotContains(t, err.Error(), "secret")
	c = Config{Listen: ":0", LogLevel: "info", LogFormat: "text", DatabaseURL: "host=/run/postgresql dbname=ringback", OIDCIssuer: "http://login.example.com", OIDCSecret: "hidden", OIDCRoles: "groups"}
	err = c.Check()
	for _, said := range []string{"DATABASE_URL: not an address like ", "OIDC_ISSUER: must begin with https", "OIDC_CLIENT_ID: must be set", "OIDC_ROLES: must be like groups: ", "RINGBACK_SECRET_KEY: must be set with OIDC_ISSUER"} {
		require.ErrorContains(t, err, said)
	}
	require.NotContains(t, err.Error(), "hidden")
	c = Config{Listen: ":0", LogLevel: "info", LogFormat: "text", OIDCOnly: true}
	require.ErrorContains(t, c.Check(), "OIDC_ISSUER: must be set")
	c.OIDCIssuer, c.OIDCClient = "http://127.0.0.1:9000/oidc", "ringback"
	require.NoError(t, c.Check())
	c = Config{Listen: ":0", LogLevel: "info", LogFormat: "text", DatabaseURL: "postgres:///ringback?host=/run/postgresql", TwilioAccount: "AC0123456789abcdef0123456789abcdef", TwilioToken: "token"}
	require.NoError(t, c.Check())
}

// TestEachValueIsLookedAt before anything is begun: one that is wrong is named by its
// variable, a secret is not said, and a start with an empty one is refused.
func TestEachValueIsLookedAt(t *testing.T) {
	const sid, key = "AC0123456789abcdef0123456789abcdef", "SK0123456789abcdef0123456789abcdef"
	for said, change := range map[string]func(*Config){
		"ADMIN_LISTEN: ":                                    func(c *Config) { c.AdminListen = "9090" },
		"TRUSTED_PROXIES: ":                                 func(c *Config) { c.TrustedProxies = []string{"10.0.0.0/8", "proxy"} },
		"TWILIO_BASE_URL: ":                                 func(c *Config) { c.TwilioBaseURL = "api.twilio.com" },
		"OTEL_EXPORTER_OTLP_ENDPOINT: ":                     func(c *Config) { c.TracesURL = "collector:4318" },
		"STRIPE_BASE_URL: ":                                 func(c *Config) { c.StripeBaseURL = "api.stripe.com" },
		"STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET: ":     func(c *Config) { c.StripeKey = "hidden" },
		"STRIPE_WEBHOOK_SECRET: ":                           func(c *Config) { c.StripeWebhookPrevious = "hidden" },
		"MEDIA_URL: ":                                       func(c *Config) { c.MediaURL = "ftp://files" },
		"SPOOL_LIMIT_MB: ":                                  func(c *Config) { c.SpoolLimit = -1 },
		"RINGBACK_SECRET_KEY: ":                             func(c *Config) { c.SecretKey = "aGlkZGVu" },
		"RINGBACK_BOOTSTRAP_KEY: ":                          func(c *Config) { c.BootstrapKey = "hidden" },
		"TWILIO_AUTH_TOKEN: must be set":                    func(c *Config) { c.TwilioAccount = sid },
		"TWILIO_ACCOUNT_SID: must be set with TWILIO_AUTH":  func(c *Config) { c.TwilioToken = "hidden" },
		"TWILIO_ACCOUNT_SID: must be set with TWILIO_AUTH_": func(c *Config) { c.TwilioTokenPrevious = "hidden" },
		"TWILIO_API_KEY and TWILIO_API_SECRET: ":            func(c *Config) { c.TwilioKey = key },
		"TWILIO_API_KEY: ":                                  func(c *Config) { c.TwilioKey, c.TwilioKeySecret = "SK1", "hidden" },
		"TWILIO_ACCOUNT_SID: must be set with TWILIO_API":   func(c *Config) { c.TwilioKey, c.TwilioKeySecret = key, "hidden" },
		"META_BASE_URL: ":                                   func(c *Config) { c.MetaBaseURL = "graph.facebook.com" },
		"META_GRAPH_VERSION: ":                              func(c *Config) { c.MetaVersion = "23" },
		"META_APP_SECRET: must be set":                      func(c *Config) { c.MetaToken = "hidden" },
		"META_APP_SECRET: must be set with META_":           func(c *Config) { c.MetaSecretPrevious = "hidden" },
		"LOG_LEVEL: ":                                       func(c *Config) { c.LogLevel = "loud" },
		"LOG_FORMAT: ":                                      func(c *Config) { c.LogFormat = "xml" },
	} {
		c := Config{Listen: ":0", LogLevel: "info", LogFormat: "text"}
		require.NoError(t, c.Check())
		change(&c)
		err := c.Check()
		require.ErrorContains(t, err, said)
		require.NotContains(t, err.Error(), "hidden")
		require.NotContains(t, err.Error(), "aGlkZGVu")
	}
}

// TestWhatIsNoNumberIsNamedWithTheRest: by its variable, beside whatever else is wrong.
func TestWhatIsNoNumberIsNamedWithTheRest(t *testing.T) {
	for variable, value := range map[string]string{
		"DATABASE_CONNECTIONS": "many", "SPOOL_LIMIT_MB": "1 GB", "OIDC_ONLY": "perhaps", "PUBLIC_URL": "texts.example.com", "LOG_FORMAT": "xml",
	} {
		t.Setenv(variable, value)
	}
	_, err := FromEnvironment()
	for _, said := range []string{
		`DATABASE_CONNECTIONS: "many" is not a number`, `SPOOL_LIMIT_MB: "1 GB" is not a number`, `OIDC_ONLY: "perhaps" is not true or false`,
		"PUBLIC_URL: ", "LOG_FORMAT: ",
	} {
		require.ErrorContains(t, err, said)
	}
}

// TestAPublicAddressIsOneThatProvidersTake: Twilio refuses each message whose status it
// would have to tell at a host with an underscore, or drops what stands behind a #.
func TestAPublicAddressIsOneThatProvidersTake(t *testing.T) {
	c := Config{Listen: ":0", LogLevel: "info", LogFormat: "text"}
	for address, said := range map[string]string{
		"https://my_texts.example.com":           "underscore",
		"https://texts_of.example.com:8443/a":    "underscore",
		"https://texts.example.com/#rc=5&rp=all": "is not an address like",
		"https://texts.example.com/my_texts":     "",
		"http://[2001:db8::1]:8080":              "",
	} {
		c.PublicURL = address
		if said == "" {
			require.NoError(t, c.Check(), address)
		} else {
			require.ErrorContains(t, c.Check(), "PUBLIC_URL: ", address)
			require.ErrorContains(t, c.Check(), said, address)
		}
	}
}

// TestWhereASpoolMayBe: on a disk or on three servers, and what is neither is said.
func TestWhereASpoolMayBe(t *testing.T) {
	c := Config{Listen: ":0", LogLevel: "info", LogFormat: "text", DataDir: "data"}
	for _, good := range []string{"", "file:///var/lib/ringback/spool", "nats://a,b,c", "nats://ringback:secret@a:4222,b,c/events?monitor=http://a:1,http://b:2,http://c:3"} {
		c.SpoolURL = good
		require.NoError(t, c.Check(), good)
	}
	for wrong, said := range map[string]string{
		"spool": "neither a folder", "file://here/spool": "neither a folder", "nats://ringback:secret@a": "three of them", "nats://a,b,c?replicas=1": "no setting of a spool",
	} {
		c.SpoolURL = wrong
		require.ErrorContains(t, c.Check(), "SPOOL_URL: ", wrong)
		require.ErrorContains(t, c.Check(), said, wrong)
		require.NotContains(t, c.Check().Error(), "secret")
	}
}

// TestServersOfASpoolThatAreNotThere keep no start from going on.
func TestServersOfASpoolThatAreNotThere(t *testing.T) {
	a, err := Open(Config{
		Listen: "127.0.0.1:0", DataDir: t.TempDir(),
		SpoolURL: "nats://127.0.0.1:1,127.0.0.1:2,127.0.0.1:3?monitor=http://127.0.0.1:1,http://127.0.0.1:2,http://127.0.0.1:3",
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.ErrorIs(t, a.spool.State().Fault, spool.ErrAway)
	require.ErrorContains(t, a.spool.State().Fault, "of the monitoring addresses", "where to look")
	require.NoError(t, a.Close())
}
