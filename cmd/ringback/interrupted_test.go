package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCtrlCIsSaidInWords: and not in those of a library.
func TestCtrlCIsSaidInWords(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://ringback@127.0.0.1:1/ringback")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs bytes.Buffer
	require.Equal(t, exitFailed, execute(ctx, []string{"key", "list"}, &out, &errs))
	require.Equal(t, "ringback: interrupted before it was done\n", errs.String())
	require.Empty(t, out.String())
	errs.Reset()
	require.Equal(t, exitFailed, execute(ctx, []string{"key", "list", "--json"}, &out, &errs))
	require.JSONEq(t, `{"error":{"message":"interrupted before it was done","exit":1}}`, errs.String())
}
