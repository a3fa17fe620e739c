package gateway_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway"
	"ringback/gateway/spool"
	"ringback/migrations/testdb"
)

// spooling is a gateway with a spool, which nobody has started.
func spooling(t *testing.T, db *sqlx.DB, folder string) *gateway.Gateway {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	kept, err := spool.Open(folder, 1<<20, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { _ = kept.Close() })
	return gateway.New(gateway.Config{DB: db, Clock: clocktest.Running(t), Spool: kept, Log: quiet})
}

func numbered(n int) []channels.Event {
	return []channels.Event{{Kind: channels.MessageReceived, ProviderID: fmt.Sprintf("SM%d", n), Sender: channels.SMS, Raw: []byte("its body"), Message: &channels.Message{Text: "hello"}}}
}

// TestWhatComesWaitsBehindTheSpool: what the spool holds reaches Postgres before what
// comes later, also when Postgres is back already.
func TestWhatComesWaitsBehindTheSpool(t *testing.T) {
	t.Parallel()
	db, folder := testdb.New(t), t.TempDir()
	without := spooling(t, nil, folder) // Postgres is away
	without.StartIntake()
	require.NoError(t, without.Receive(t.Context(), numbered(0)))
	without.Stop()
	require.NoError(t, without.Spool.Close())

	with := spooling(t, db, folder)
	with.StartIntake()
	require.NoError(t, with.Receive(t.Context(), numbered(1)))
	var there int
	require.NoError(t, db.Get(&there, `select count(*) from strays`))
	require.Zero(t, there)
	with.Stop()
	require.NoError(t, with.Spool.Close())

	playing := spooling(t, db, folder)
	playing.Start()
	defer playing.Stop()
	require.Eventually(t, func() bool { return playing.Busy() == 0 }, time.Minute, time.Millisecond)
	var kept []struct {
		ID  string `db:"provider_id"`
		Raw string `db:"raw"`
	}
	require.NoError(t, db.Select(&kept, `select provider_id, convert_from(raw, 'UTF8') as raw from strays order by id`))
	require.Len(t, kept, 2)
	require.Equal(t, "SM0", kept[0].ID)
	require.Equal(t, "its body", kept[0].Raw)
}
