package pages_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/rules"
)

// TestWhoLeavesIsNoFault: a customer who leaves while their page is being made is
// nothing that the operator has to read of.
func TestWhoLeavesIsNoFault(t *testing.T) {
	w := newWorld(t)
	left, leave := context.WithCancel(t.Context())
	leave()
	w.router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(left, http.MethodGet, w.ask(rules.AskApproval), nil))
	require.Empty(t, w.log.String())
}
