package twilio

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestErase: files and recordings alone, at the API alone, and one that is gone
// is gone.
func TestErase(t *testing.T) {
	t.Parallel()
	status := http.StatusNoContent
	k := serveFiles(t, func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, http.MethodDelete, r.Method)
		w.WriteHeader(status)
	})
	at, err := url.Parse(k.URL)
	require.NoError(t, err)
	erase := func(address string) error {
		return New(Config{BaseURL: at}).Erase(t.Context(), keyed, channels.Media{URL: address})
	}
	const api = "https://api.twilio.com"
	require.NoError(t, erase(api+photo))
	require.NoError(t, erase(api+"/2010-04-01/Accounts/AC1/Recordings/RE1.mp3?x=y"))
	status = http.StatusNotFound
	require.NoError(t, erase(api+photo))
	require.Equal(t, []string{
		photo + ".json with credentials", "/2010-04-01/Accounts/AC1/Recordings/RE1.json with credentials", photo + ".json with credentials",
	}, k.seen())

	for _, astray := range []string{
		api + "/2010-04-01/Accounts/AC1/Messages/SM1", api + "/2010-04-01/Accounts/AC1", api + "/2010-04-01/Accounts/AC1/Recordings/../Messages/SM1",
		"https://media.twiliocdn.com/AC1/1", "https://example.com" + photo,
	} {
		require.Equal(t, channels.FetchForeign, reason(t, erase(astray)), astray)
	}
	require.Len(t, k.seen(), 3)
	status = http.StatusUnauthorized
	require.Equal(t, channels.FetchCredentials, reason(t, erase(api+photo)))
	status = http.StatusServiceUnavailable
	require.Equal(t, channels.FetchUnavailable, reason(t, erase(api+photo)))
	k.Close()
	require.Equal(t, channels.FetchUnavailable, reason(t, erase(api+photo)))
}
