//go:build !ngrok

package tunnel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABuildWithoutNgrokSaysSo(t *testing.T) {
	_, err := Open(t.Context(), Config{Token: "2abcDEF_secret"})
	require.ErrorContains(t, err, "this build has no tunnel")
	require.ErrorContains(t, err, "-tags ngrok ./cmd/ringback")
	require.NotContains(t, err.Error(), "2abcDEF_secret")
}
