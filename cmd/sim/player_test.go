package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEach: a player tells of each seed it is asked for, and its history is the one
// that is played anywhere.
func TestEach(t *testing.T) {
	t.Parallel()
	const steps = 40
	table := newTable(t)
	var out bytes.Buffer
	require.NoError(t, table.each(t.Context(), options{steps: steps, seeds: 1}, strings.NewReader("7\n8\n"), &out))
	told := json.NewDecoder(&out)
	for _, seed := range []uint64{7, 8} {
		var one played
		require.NoError(t, told.Decode(&one))
		here, err := table.Play(t.Context(), Write(seed, steps))
		require.NoError(t, err)
		require.Equal(t, steps, one.Steps)
		require.Empty(t, one.Fault)
		require.Contains(t, one.Report, here.Hash)
	}
	require.ErrorContains(t, table.each(t.Context(), options{}, strings.NewReader("seven"), io.Discard), "a seed")
}
