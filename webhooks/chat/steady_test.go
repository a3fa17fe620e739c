package chat_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/limit/limittest"
)

// TestAFileOfAVisitorsHasToKeepComing, as at the pages of customers.
func TestAFileOfAVisitorsHasToKeepComing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/chat/v1/site/files?name=valve.png", bytes.NewReader(picture(t)))
	r.Header.Set("Authorization", "Bearer "+token)
	answer := limittest.New()
	w.router.ServeHTTP(answer, r)
	require.Equal(t, http.StatusCreated, answer.Code, answer.Body)
	require.True(t, answer.Steady(15*time.Minute))
}
