package twilio_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

// TestMediaLieElsewhere: the API asks for credentials and points to where the
// file lies, which refuses them.
func TestMediaLieElsewhere(t *testing.T) {
	s, base := start(t, twilio.Config{})
	gateway := openDoor(t)
	_, err := s.Text(soon(t), gateway.URL, customer, ours, "look", twilio.WithFile([]byte("a photo"), "image/jpeg"))
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, gateway.said("NumMedia"))
	require.Equal(t, []string{"image/jpeg"}, gateway.said("MediaContentType0"))
	require.Equal(t, "MM", gateway.said("MessageSid")[0][:2])
	at := gateway.said("MediaUrl0")[0]
	require.Contains(t, at, base+"/2010-04-01/Accounts/"+account+"/Messages/MM")

	get := func(target string, signed bool) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		require.NoError(t, err)
		if signed {
			request.SetBasicAuth(account, token)
		}
		request.Close = true
		answer, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	require.Equal(t, http.StatusUnauthorized, get(at, false).StatusCode)
	require.Equal(t, http.StatusNotFound, get(at+"0", true).StatusCode)
	pointed := get(at, true)
	require.Equal(t, http.StatusTemporaryRedirect, pointed.StatusCode)
	lies := pointed.Header.Get("Location")
	require.Equal(t, http.StatusBadRequest, get(lies, true).StatusCode)
	found := get(lies, false)
	require.Equal(t, http.StatusOK, found.StatusCode)
	require.Equal(t, "image/jpeg", found.Header.Get("Content-Type"))
	s.Fault(twilio.Fault{On: "fetch", Status: http.StatusServiceUnavailable, Times: 1})
	require.Equal(t, http.StatusServiceUnavailable, get(at, true).StatusCode)
	status, _, _ := call(t, http.MethodGet, at, url.Values{})
	require.Equal(t, http.StatusBadRequest, status, "who follows with credentials is refused")

	// On the customer's own phone it stays.
	sid, media, _ := strings.Cut(strings.TrimPrefix(at, base+"/2010-04-01/Accounts/"+account+"/Messages/"), "/Media/")
	status, _, _ = call(t, http.MethodDelete, at, nil)
	require.Equal(t, http.StatusNoContent, status)
	require.Equal(t, http.StatusNotFound, get(at, true).StatusCode)
	content, kind, ok := s.Sent(sid, media)
	require.True(t, ok)
	require.Equal(t, []string{"a photo", "image/jpeg"}, []string{string(content), kind})
	_, _, ok = s.Sent(sid, media+"0")
	require.False(t, ok)
}

// TestWhatAnotherProcessPlayed is given by a simulator that plays by itself.
func TestWhatAnotherProcessPlayed(t *testing.T) {
	for auto, status := range map[bool]int{true: http.StatusOK, false: http.StatusNotFound} {
		_, base := start(t, twilio.Config{Auto: auto})
		at := base + "/2010-04-01/Accounts/" + account
		got, head, sound := call(t, http.MethodGet, at+"/Recordings/RE0000000000000000000000000000000a", nil)
		require.Equal(t, status, got)
		if auto {
			require.Equal(t, "audio/x-wav", head.Get("Content-Type"))
			require.Len(t, sound, 44+10*8000)
		}
		got, _, _ = call(t, http.MethodGet, at+"/Recordings/REx", nil)
		require.Equal(t, http.StatusNotFound, got)
		answer, err := http.Get(base + "/kept/MM1/ME1") //nolint:noctx // a moment
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, status, answer.StatusCode)
	}
}
