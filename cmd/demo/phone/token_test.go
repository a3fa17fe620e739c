package phone

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/mailbox"
)

// TestEachAddressAsksForTheToken: whoever comes through a tunnel reads no letters and
// presses no buttons either, whatever cookie they made up.
func TestEachAddressAsksForTheToken(t *testing.T) {
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	Mount(engine, Config{Token: "open sesame", Mail: func() []mailbox.Letter { return nil }})
	asked := 0
	for _, route := range engine.Routes() {
		if !strings.HasPrefix(route.Path, "/phone") || strings.HasSuffix(route.Path, ".css") || strings.HasSuffix(route.Path, ".js") {
			continue // what the page is drawn with says nothing of anybody
		}
		for _, held := range []string{"", "open", "open sesame!"} {
			r := httptest.NewRequestWithContext(t.Context(), route.Method, route.Path, nil)
			if held != "" {
				r.AddCookie(&http.Cookie{Name: cookie, Value: held})
			}
			w := httptest.NewRecorder()
			engine.ServeHTTP(w, r)
			require.Equal(t, http.StatusUnauthorized, w.Code, "%s %s with %q", route.Method, route.Path, held)
			asked++
		}
	}
	require.GreaterOrEqual(t, asked, 3*9)
}
