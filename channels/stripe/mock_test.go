package stripe_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/stripe"
)

// mock starts stripe-mock, Stripe's own server for tests, which holds every
// request to Stripe's description of its API, and returns its address.
func mock(t *testing.T) string {
	t.Helper()
	path, err := exec.CommandContext(t.Context(), "go", "tool", "-modfile=../../.ci/tools/go.mod", "-n", "stripe-mock").Output()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("stripe-mock could not be built: ", err)
		}
		t.Skip("stripe-mock could not be built: ", err)
	}
	server := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), "-http-addr", "127.0.0.1:0") //nolint:gosec // what the go command has built
	said, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() { _ = server.Wait() }) // the test's context has ended it
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "Listening for HTTP at address: "); found {
			return "http://" + address
		}
	}
	t.Fatal("stripe-mock did not say where it listens")
	return ""
}

// What we ask Stripe for is what its API takes, in each kind of currency and in
// every language that a page may have.
func TestCheckoutIsWhatStripeTakes(t *testing.T) {
	client := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: "whsec_x", BaseURL: mock(t)})
	for _, currency := range []string{"USD", "JPY", "KWD"} {
		for _, language := range []string{"en", "pl", "de", "fr", "es", "it", "pt-BR"} {
			made, err := client.Checkout(t.Context(), stripe.Order{
				ID: "0192e4a0-0000-7000-8000-000000000001", Amount: 12500, Currency: currency, Description: "Repair of a mower", Language: language,
				Return: "https://texts.example.com/r/token", Expires: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC),
			})
			require.NoError(t, err, "%s %s", currency, language)
			require.NotEmpty(t, made.ID)
			require.NotEmpty(t, made.URL)
		}
	}
}

// A checkout is ended, and asked about, as Stripe's API has it.
func TestACheckoutIsEnded(t *testing.T) {
	client := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: "whsec_x", BaseURL: mock(t)})
	require.NoError(t, client.Expire(t.Context(), "cs_test_000000000000000000000001"))
	_, err := client.Look(t.Context(), "cs_test_000000000000000000000001", time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))
	require.NoError(t, err)
}

// The mock does refuse: so what it takes above says something.
func TestStripeRefusesWhatItsAPIDoesNotKnow(t *testing.T) {
	client := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: "whsec_x", BaseURL: mock(t)})
	_, err := client.Checkout(t.Context(), stripe.Order{
		ID: "1", Amount: 100, Currency: "USD", Description: "Repair", Language: "tlh", Return: "https://texts.example.com/r/token", Expires: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC),
	})
	require.Error(t, err)
	_, err = stripe.New(stripe.Config{Key: "no key of Stripe's", Webhook: "whsec_x", BaseURL: mock(t)}).Checkout(t.Context(), stripe.Order{ID: "1", Amount: 100, Currency: "USD", Language: "en"})
	require.Error(t, err)
}
