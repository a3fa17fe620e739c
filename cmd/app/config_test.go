package app

import (
	"testing"

	"github.com/stretchr/testify/require"
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
	c = Config{Listen: ":0", LogLevel: "info", LogFormat: "text", DatabaseURL: "dbname=ringback", OIDCIssuer: "http://login.example.com", OIDCSecret: "hidden", OIDCRoles: "groups"}
	err = c.Check()
	for _, said := range []string{"OIDC_ISSUER: must begin with https", "OIDC_CLIENT_ID: must be set", "OIDC_ROLES: must be like groups: ", "RINGBACK_SECRET_KEY: must be set with OIDC_ISSUER"} {
		require.ErrorContains(t, err, said)
	}
	require.NotContains(t, err.Error(), "hidden")
	c = Config{Listen: ":0", LogLevel: "info", LogFormat: "text", OIDCOnly: true}
	require.ErrorContains(t, c.Check(), "OIDC_ISSUER: must be set")
	c.OIDCIssuer, c.OIDCClient = "http://127.0.0.1:9000/oidc", "ringback"
	require.NoError(t, c.Check())
	c = Config{Listen: ":0", LogLevel: "info", LogFormat: "text", DatabaseURL: "host=/run/postgresql dbname=ringback", TwilioAccount: "AC0123456789abcdef0123456789abcdef", TwilioToken: "token"}
	require.NoError(t, c.Check())
}
