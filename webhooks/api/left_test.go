package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/webhooks/api"
)

// TestWhoLeavesIsNoFault: a browser that leaves a page which keeps itself up to date
// cancels a statement, and the log says nothing of it.
func TestWhoLeavesIsNoFault(t *testing.T) {
	var said strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	left, leave := context.WithCancel(t.Context())
	leave()
	canceled := fmt.Errorf("timeline: %w", &pq.Error{Code: "57014", Message: "canceling statement due to user request"})
	require.Equal(t, http.StatusServiceUnavailable, api.ProblemOf(left, "live", canceled).Status)
	require.Empty(t, said.String())
	require.Equal(t, http.StatusServiceUnavailable, api.ProblemOf(t.Context(), "live", canceled).Status)
	require.Contains(t, said.String(), "request failed", "a statement that took too long")
}
