package twilio_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/twilio"
)

// TestWhatSaysNothingOfAnAccount: only Twilio's own word is one. What plays it, or stands
// before it, and knows no accounts neither proves a token nor refuses it.
func TestWhatSaysNothingOfAnAccount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status   int
		body     string
		unversed bool
		right    bool
	}{
		{http.StatusOK, `{"sid":"AC1","status":"active"}`, false, true},
		{http.StatusOK, `{"sid":"AC1","status":"suspended"}`, false, false},
		{http.StatusOK, `{"sid":"SM1","status":"queued"}`, true, false},
		{http.StatusOK, `{}`, true, false},
		{http.StatusNotFound, "404 page not found\n", true, false},
		{http.StatusMethodNotAllowed, "", true, false},
		{http.StatusNotFound, `{"code":20404,"message":"The requested resource was not found","status":404}`, false, false},
		{http.StatusUnauthorized, `{"code":20003,"message":"Authenticate","status":401}`, false, false},
		{http.StatusUnauthorized, "", false, false},
		{http.StatusServiceUnavailable, "", false, false},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		at, err := url.Parse(server.URL)
		require.NoError(t, err)
		err = twilio.New(twilio.Config{BaseURL: at}).CheckAccount(t.Context(), channels.Account{ID: "AC1", Secrets: []string{"token"}})
		server.Close()
		require.Equal(t, c.right, err == nil, "%d %s: %v", c.status, c.body, err)
		require.Equal(t, c.unversed, errors.Is(err, channels.ErrUnversed), "%d %s: %v", c.status, c.body, err)
		var no *channels.SendError
		require.True(t, c.right || errors.As(err, &no), "%v", err)
	}
}
