package webhooks

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

func TestOnlyATrustedProxySaysWhoComes(t *testing.T) {
	for _, one := range []struct {
		trusted          []string
		peer, told, want string
	}{
		{nil, "203.0.113.7:1234", "", "203.0.113.7"},
		{nil, "203.0.113.7:1234", "192.0.2.1", "203.0.113.7"},
		{nil, "127.0.0.1:1234", "192.0.2.1", "127.0.0.1"}, // nobody is trusted unasked
		{[]string{"10.0.0.0/8"}, "203.0.113.7:1234", "192.0.2.1", "203.0.113.7"},
		{[]string{"10.0.0.0/8"}, "10.0.0.2:1234", "192.0.2.1", "192.0.2.1"},
		{[]string{"127.0.0.1"}, "127.0.0.1:1234", "198.51.100.9, 192.0.2.1", "192.0.2.1"}, // what the customer wrote stands left of it
		{[]string{"10.0.0.0/8"}, "10.0.0.2:1234", "192.0.2.1, 10.0.0.3", "192.0.2.1"},     // two proxies in a row
		{[]string{"10.0.0.0/8"}, "10.0.0.2:1234", "nonsense", "10.0.0.2"},
		{[]string{"10.0.0.0/8"}, "10.0.0.2:1234", "192.0.2.1, ", "10.0.0.2"},
		{[]string{"fd00::/8"}, "[fd00::1]:1234", "2001:db8:1:2:ffff::1", "2001:db8:1:2:ffff::1"},
	} {
		router := NewRouter(slog.New(slog.DiscardHandler), one.trusted...)
		var seen string
		router.GET("/", func(g *gin.Context) { seen = g.ClientIP() + " " + strings.Trim(g.Request.RemoteAddr, "[]") })
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = one.peer
		r.Header.Set("X-Real-IP", "198.51.100.1") // a customer may write that one
		if one.told != "" {
			r.Header.Set("X-Forwarded-For", one.told)
		}
		router.ServeHTTP(httptest.NewRecorder(), r)
		client, remote, _ := strings.Cut(seen, " ")
		require.Equal(t, one.want, client, "%v", one)
		require.True(t, strings.HasPrefix(remote, one.want), "%v: %s", one, remote)
	}
}

func TestAProxyThatIsNotTrustedIsSaidOnce(t *testing.T) {
	var said bytes.Buffer
	router := NewRouter(slog.New(slog.NewTextHandler(&said, nil)))
	router.GET("/", func(*gin.Context) {})
	for range 3 {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = "127.0.0.1:1234"
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		router.ServeHTTP(httptest.NewRecorder(), r)
	}
	require.Equal(t, 1, strings.Count(said.String(), "TRUSTED_PROXIES"))
}

func TestCheckProxies(t *testing.T) {
	require.NoError(t, CheckProxies([]string{"127.0.0.1", "::1", "10.0.0.0/8", "fd00::/8"}))
	for _, wrong := range []string{"", "proxy", "10.0.0.0/33", "10.0.0", "*"} {
		require.Error(t, CheckProxies([]string{wrong}), wrong)
	}
}
