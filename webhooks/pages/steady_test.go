package pages_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/rules"
	"ringback/webhooks/web/limit/limittest"
)

// TestAFileOfACustomersHasToKeepComing: by the form, and in parts.
func TestAFileOfACustomersHasToKeepComing(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskPhotoVideo)
	picture := photo(t, 7)
	at := w.begin(path, "pump.jpg", len(picture))
	kind, body := form(t, "the left one", file{"a.jpg", photo(t, 1)})
	// In this order: what the form brings ends the request.
	for _, door := range []struct {
		name string
		*http.Request
	}{
		{"a part", httptest.NewRequestWithContext(t.Context(), http.MethodPatch, at, bytes.NewReader(picture))},
		{"the form", httptest.NewRequestWithContext(t.Context(), http.MethodPost, path+"/files", bytes.NewReader(body))},
	} {
		door.Header.Set("Upload-Offset", "0")
		door.Header.Set("Content-Type", kind)
		answer := limittest.New()
		w.router.ServeHTTP(answer, door.Request)
		require.Less(t, answer.Code, 400, "%s: %s", door.name, answer.Body)
		require.True(t, answer.Steady(15*time.Minute), door.name)
	}
}
