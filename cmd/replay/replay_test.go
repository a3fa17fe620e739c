package replay

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/twilio"
)

func TestOnThisMachine(t *testing.T) {
	for address, here := range map[string]bool{
		"http://localhost:8080": true, "http://127.0.0.1:1": true, "http://[::1]:1": true,
		"https://texts.example.com": false, "http://localhost.example.com": false, "http://10.0.0.1": false, "http://127.0.0.1@example.com": false, ":": false,
	} {
		require.Equal(t, here, OnThisMachine(address), address)
	}
}

// Which door a recording is for is seen by what it says.
func TestDoors(t *testing.T) {
	for body, path := range map[string]string{
		"MessageSid=SM1&Body=Hi&SmsStatus=received":              twilio.MessagesPath,
		"MessageSid=SM1&MessageStatus=sent":                      twilio.StatusPath,
		"CallSid=CA1&CallStatus=ringing":                         twilio.VoicePath,
		"CallSid=CA1&CallStatus=completed&SequenceNumber=0":      twilio.CallsPath,
		"CallSid=CA1&Digits=1":                                   twilio.NextPath + "?at=menu",
		"CallSid=CA1&DialCallStatus=no-answer":                   twilio.NextPath + "?at=dialed",
		"CallSid=CA1&RecordingUrl=https%3A%2F%2Fx&Digits=hangup": twilio.NextPath + "?at=recording",
		"CallSid=CA1&RecordingStatus=completed":                  twilio.RecordingPath + "?at=recording",
		"%zz&MessageStatus=sent":                                 twilio.StatusPath,
	} {
		require.Equal(t, path, door(body), body)
	}
}

// A redirect is an answer, and no other address learns what was signed.
func TestNoRedirectIsFollowed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.NotEqual(t, "/elsewhere", r.URL.Path)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	a, err := Config{To: server.URL, Token: "t", Twice: true}.Play(t.Context(), Recorded{Method: http.MethodPost, Path: "/x", Expect: http.StatusTemporaryRedirect})
	require.NoError(t, err)
	require.True(t, a.Right)
	require.Equal(t, http.StatusTemporaryRedirect, a.Second)
}

// The samples of providers, where they are, can all be read.
func TestSamplesAreRead(t *testing.T) {
	folder := os.Getenv("RINGBACK_PAYLOADS")
	if folder == "" {
		t.Skip("RINGBACK_PAYLOADS is not set")
	}
	all, err := Read(folder)
	require.NoError(t, err)
	require.Greater(t, len(all), 100)
}

func TestABadExpectation(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.form")
	require.NoError(t, os.WriteFile(file, []byte("a=b"), 0o600))
	require.NoError(t, os.WriteFile(file+".status", []byte("fine"), 0o600))
	_, err := Read(file)
	require.ErrorContains(t, err, "holds no status")
}
