package twilio

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/httpcall"
)

// keeper is a server that notes who asked for what, with which credentials.
type keeper struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // path, and " with credentials"
}

func serveFiles(t *testing.T, answer http.HandlerFunc) *keeper {
	t.Helper()
	k := &keeper{}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := r.URL.Path
		if r.Header.Get("Authorization") != "" {
			seen += " with credentials"
		}
		k.mu.Lock()
		k.asked = append(k.asked, seen)
		k.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(k.Close)
	return k
}

func (k *keeper) seen() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.asked
}

const photo = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"

var keyed = channels.Account{ID: "AC1", Secrets: []string{"the secret token"}}

func fetch(t *testing.T, base, address string) (string, error) {
	t.Helper()
	at, err := url.Parse(base)
	require.NoError(t, err)
	file, err := New(Config{BaseURL: at}).Fetch(t.Context(), keyed, channels.Media{URL: address})
	if err != nil {
		require.Nil(t, file)
		require.NotContains(t, err.Error(), "secret token")
		return "", err
	}
	defer file.Close()
	body, err := io.ReadAll(file)
	require.NoError(t, err)
	return string(body), nil
}

func reason(t *testing.T, err error) channels.FetchReason {
	t.Helper()
	var failed *channels.FetchError
	require.ErrorAs(t, err, &failed)
	return failed.Reason
}

// TestFetch: the API is asked with the token, and what it points to without:
// where files are kept, a request with a token is refused.
func TestFetch(t *testing.T) {
	k := serveFiles(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == photo {
			user, token, _ := r.BasicAuth()
			if user != keyed.ID || token != keyed.Secrets[0] {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, "/kept/1?signed=yes", http.StatusTemporaryRedirect)
			return
		}
		_, _ = io.WriteString(w, "a photo")
	})
	for _, address := range []string{
		k.URL + photo,
		"https://api.twilio.com" + photo, // what Twilio writes leads to what was configured in its place
		"http://api.twilio.com" + photo,
	} {
		got, err := fetch(t, k.URL, address)
		require.NoError(t, err)
		require.Equal(t, "a photo", got)
	}
	require.Equal(t, []string{photo + " with credentials", "/kept/1"}, k.seen()[:2])
}

// TestFetchStaysWithTheProvider: an address elsewhere is refused without a
// request, be it in the message or in a redirect.
func TestFetchStaysWithTheProvider(t *testing.T) {
	elsewhere := serveFiles(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inner") })
	var location string
	k := serveFiles(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	})
	port := elsewhere.URL[strings.LastIndex(elsewhere.URL, ":"):]
	foreign := []string{
		elsewhere.URL + photo, "http://localhost" + port + "/", "http://[::1]" + port + "/",
		strings.Replace(k.URL, "http://", "https://", 1) + photo,
		"http://169.254.169.254/latest/meta-data/", "https://169.254.169.254/latest/meta-data/",
		"https://example.com/x.jpg", "https://api.twilio.com.example.com/x", "https://nottwilio.com/x", "https://twilio.com.:8443/x",
		"https://s3-external-1.amazonaws.com/somebody-elses-bucket/x", "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../x",
		"http://media.twiliocdn.com/x", "https://media.twiliocdn.com:8080/x", "ftp://media.twiliocdn.com/x",
	}
	for _, address := range foreign {
		_, err := fetch(t, k.URL, address)
		require.Equal(t, channels.FetchForeign, reason(t, err), address)
		require.Empty(t, k.seen(), address)
		location = address
		_, err = fetch(t, k.URL, k.URL+photo)
		require.Equal(t, channels.FetchForeign, reason(t, err), "redirect to %s", address)
		require.Len(t, k.seen(), 1, address)
		k.asked = nil
	}
	for _, address := range []string{"", "file:///etc/passwd", "/relative", "mailto:a@b", "https://user:word@api.twilio.com/x", "https://[", "data:text/plain,x", "\x00"} {
		_, err := fetch(t, k.URL, address)
		require.Equal(t, channels.FetchAddress, reason(t, err), address)
	}
	require.Empty(t, k.seen())
	require.Empty(t, elsewhere.seen())
	location = photo // in circles
	_, err := fetch(t, k.URL, k.URL+photo)
	require.Equal(t, channels.FetchForeign, reason(t, err))
	require.Len(t, k.seen(), maxHops)
}

func TestFetchWithoutAConfiguredHost(t *testing.T) {
	c := New(Config{})
	for _, address := range []string{
		"https://api.twilio.com" + photo, "https://media.twiliocdn.com/AC1/x", "https://mms.twiliocdn.com/x", "https://media.us1.twilio.com/x",
		"https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/x",
	} {
		at, err := c.place(address)
		require.NoError(t, err, address)
		require.Equal(t, strings.HasPrefix(address, "https://api."), c.ours(at), address)
	}
	at, err := c.place("http://api.twilio.com" + photo)
	require.NoError(t, err)
	require.Equal(t, "https", at.Scheme)
	_, err = c.place("http://127.0.0.1" + photo)
	require.Error(t, err)
}

func TestFetchAnswers(t *testing.T) {
	for status, want := range map[int]channels.FetchReason{
		401: channels.FetchCredentials, 403: channels.FetchCredentials, 404: channels.FetchMissing, 410: channels.FetchMissing,
		429: channels.FetchUnavailable, 500: channels.FetchUnavailable, 204: channels.FetchUnavailable, 304: channels.FetchUnavailable,
	} {
		k := serveFiles(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
		})
		_, err := fetch(t, k.URL, k.URL+photo)
		var failed *channels.FetchError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, want, failed.Reason, status)
		require.Equal(t, 7*time.Second, failed.After)
		require.False(t, failed.Reason.Final())
	}
	gone := serveFiles(t, nil)
	gone.Close()
	_, err := fetch(t, gone.URL, gone.URL+photo)
	require.Equal(t, channels.FetchUnavailable, reason(t, err))
}

// TestNoPrivateAddress: a name of the provider's that leads into our own network
// is not followed there.
func TestNoPrivateAddress(t *testing.T) {
	for _, address := range []string{
		"127.0.0.1:443", "10.1.2.3:443", "192.168.0.1:443", "172.16.0.1:443", "169.254.169.254:80", "0.0.0.0:443", "100.64.0.1:443", "224.0.0.1:443",
		"[::1]:443", "[fe80::1]:443", "[fd00::1]:443", "[::ffff:127.0.0.1]:443", "[64:ff9b::7f00:1]:443", "[::]:443", "nonsense",
	} {
		require.Error(t, httpcall.RefusePrivate("tcp", address, nil), address)
	}
	for _, address := range []string{"54.172.60.0:443", "[2600:1f18::1]:443"} {
		require.NoError(t, httpcall.RefusePrivate("tcp", address, nil), address)
	}
	inner := serveFiles(t, func(http.ResponseWriter, *http.Request) {})
	at := netip.MustParseAddrPort(inner.Listener.Addr().String())
	c := New(Config{})
	_, err := c.get(context.Background(), keyed, &url.URL{Scheme: "http", Host: at.String(), Path: "/"})
	require.Equal(t, channels.FetchForeign, c.unfetched(keyed, err).Reason)
	require.Empty(t, inner.seen())
}
