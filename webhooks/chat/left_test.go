package chat_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhoLeavesIsNoFault: a visitor who leaves while they are being answered is nothing
// that the operator has to read of; one who cannot be answered is.
func TestWhoLeavesIsNoFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	asks := func(ctx context.Context) {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/chat/v1/site/messages", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w.router.ServeHTTP(httptest.NewRecorder(), r)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	asks(left)
	require.Empty(t, w.log.String())
	require.NoError(t, w.db.Close())
	asks(t.Context())
	require.Contains(t, w.log.String(), "a chat request failed")
}
