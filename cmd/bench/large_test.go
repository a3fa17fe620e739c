package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLargeInShort plays each part of `make bench-large` on little: it holds that the
// parts work and that nothing they wait for stays away, not how long it takes.
func TestLargeInShort(t *testing.T) {
	p, err := open(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(p.close)
	few := size{rows: 5_000, backlog: 40, burst: 40, held: time.Millisecond, old: 20 * time.Second, calm: time.Second}
	require.NoError(t, large(t.Context(), p, few, plan{rounds: 1, turn: 50 * time.Millisecond, texts: 40}))
	var emptied int
	require.NoError(t, p.db.GetContext(t.Context(), &emptied, `select count(*) from messages where kind = 'erased'`))
	require.Positive(t, emptied, "what is too old has gone")

	before, known := *p, met.Load()
	met.Store(0)
	require.NoError(t, p.settle(t.Context()), "as in a folder that stayed")
	require.Equal(t, before.filled, p.filled)
	require.Equal(t, before.called, p.called)
	require.Equal(t, before.sender.ID, p.sender.ID)
	require.Equal(t, known, met.Load(), "who was met is not new")
}
