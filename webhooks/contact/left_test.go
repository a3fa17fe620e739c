package contact_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhoLeavesIsNoFault: who leaves while the page is being made is nothing that the
// operator has to read of; a page that cannot be made is.
func TestWhoLeavesIsNoFault(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs")
	left, leave := context.WithCancel(t.Context())
	leave()
	w.router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(left, http.MethodGet, w.path, nil))
	require.Empty(t, w.log.String())
	require.NoError(t, w.db.Close())
	w.router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, w.path, nil))
	require.Contains(t, w.log.String(), "a contact page failed")
}
