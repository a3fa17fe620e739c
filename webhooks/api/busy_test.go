package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/media"
	"ringback/webhooks/api"
)

// TestTooManyPicturesAtOnce: whoever finds no room in front of the door may come again
// in a moment; nothing is broken, and nothing of it is logged as a fault.
func TestTooManyPicturesAtOnce(t *testing.T) {
	t.Parallel()
	said := api.ProblemOf(t.Context(), "upload-media", fmt.Errorf("a picture: %w", media.ErrBusy))
	require.Equal(t, http.StatusServiceUnavailable, said.Status)
	require.Contains(t, said.Detail, "Try again")
}
