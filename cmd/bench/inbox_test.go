package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInboxInShort fills an inbox with little: it holds that all is there that make
// bench-inbox asks about, not how long it takes.
func TestInboxInShort(t *testing.T) {
	b := inbox{messages: 20_000}
	p, err := b.open(t.Context())
	require.NoError(t, err)
	t.Cleanup(p.close)
	did, err := b.fill(t.Context(), p)
	require.NoError(t, err)
	require.True(t, did)
	asks, err := b.asks(t.Context(), p)
	require.NoError(t, err)
	require.NotEmpty(t, asks)
	var counted struct{ Messages, Decisions, Deliveries, Voicemails, Calls, Reads, Indexes int }
	require.NoError(t, p.db.GetContext(t.Context(), &counted, `select (select count(*) from messages) as messages, (select count(*) from decisions) as decisions, (select count(*) from deliveries) as deliveries,
		(select count(*) from media where transcript <> '') as voicemails, (select count(*) from calls) as calls, (select count(*) from ticket_reads) as reads, (select count(*) from pg_indexes where tablename = 'messages') as indexes`))
	require.InDelta(t, 20_000, counted.Messages, 20)
	require.Positive(t, min(counted.Decisions, counted.Deliveries, counted.Voicemails, counted.Calls, counted.Reads))
	require.Greater(t, counted.Indexes, 5, "they are made again")

	did, err = b.fill(t.Context(), p)
	require.NoError(t, err)
	require.False(t, did, "it is full")
	require.NoError(t, os.Remove(filepath.Join(p.dir, "filled")), "as if it had been stopped")
	_, err = b.fill(t.Context(), p)
	require.ErrorContains(t, err, "filled in part only")
}
