package app

import (
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/migrations/testdb"
)

// goesOn is everything that goes on by itself in a process that has all there is to
// have: what is not in the list is told to nobody when it stands, and what is in it and
// does not come round was not started.
var goesOn = []string{
	"asking about checkouts",
	"asking how templates stand",
	"asking the database for the time",
	"asking the identity provider http://127.0.0.1:1",
	"asking what became of messages",
	"asking what calls are doing",
	"asking whether numbers point here",
	"bringing back tickets that were snoozed",
	"closing checkouts",
	"deleting files of the erased",
	"erasing what came late",
	"fetching media",
	"finding out whom notices concern",
	"forgetting idempotency keys",
	"handling events",
	"keeping call hours",
	"letting go of what is too old",
	"looking for the primary",
	"looking for tickets that nobody touches",
	"looking numbers up",
	"playing the spool",
	"reading calendars",
	"remembering the providers' accounts",
	"sending",
	"sweeping hooks",
	"sweeping media",
	"sweeping notices",
	"taking over what processes that are gone left in the spool",
	"telling hooks",
	"telling of messages of which nothing is heard",
	"telling staff by email",
	"telling staff by push",
	"telling staff by text",
	"telling what was read",
	"writing down voicemails",
}

func TestEverythingThatGoesOnByItselfComesRound(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(testdb.DSN(t))
	require.NoError(t, err)
	query := address.Query()
	for _, part := range []string{"host", "port"} { // several, of which one is the primary
		query.Set(part, query.Get(part)+","+query.Get(part))
	}
	address.RawQuery = query.Encode()
	a, err := New(t.Context(), Config{
		Listen: "127.0.0.1:0", PublicURL: "https://texts.example.com", DatabaseURL: address.String(), DatabaseConnections: fewestConnections,
		DataDir: t.TempDir(), Clock: clocktest.Running(t),
		OIDCIssuer: "http://127.0.0.1:1", OIDCClient: "ringback", SpeechURL: "http://127.0.0.1:1",
		StripeKey: "sk_test_1", StripeWebhook: "whsec_1", StripeBaseURL: "http://127.0.0.1:1",
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	all := func() bool { return len(a.rounds.Works()) >= len(goesOn) }
	_ = assert.Eventually(t, all, time.Minute, 10*time.Millisecond) // which of them did not is said below
	require.Equal(t, goesOn, a.rounds.Works())
	require.Empty(t, a.start.looks().Stand(), "the health knows of them")
}
