package jetstream_test

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
	"ringback/gateway/spool/jetstream"
	"ringback/gateway/spool/jetstream/jetstreamtest"
	"ringback/migrations/testdb"
)

// TestAMachineIsLostWithPostgresAway: what it has acknowledged is on the servers of the
// spool, and another machine brings it to Postgres, in order and once.
func TestAMachineIsLostWithPostgresAway(t *testing.T) {
	_, address := jetstreamtest.Start(t, nil)
	at, err := jetstream.Parse(address)
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	machine := func(db *sqlx.DB) *gateway.Gateway {
		kept, err := jetstream.Open(at, 8<<20, quiet)
		require.NoError(t, err)
		t.Cleanup(func() { _ = kept.Close() })
		require.Eventually(t, func() bool { return !kept.State().Unseen }, time.Minute, 10*time.Millisecond) // the servers may still be finding each other
		return gateway.New(gateway.Config{DB: db, Clock: clocktest.Running(t), Spool: kept, SpoolAfter: time.Minute, Log: quiet})
	}
	db := testdb.New(t)
	waiting := machine(db) // it sees the stream before there is anything in it
	lost := machine(nil)
	lost.StartIntake()
	for n := range 5 {
		told := []channels.Event{{
			Kind: channels.MessageReceived, ProviderID: fmt.Sprintf("SM%d", n), Sender: channels.SMS, Raw: []byte("its body"), Message: &channels.Message{Text: "hello"},
		}}
		require.NoError(t, lost.Receive(t.Context(), told))
		require.NoError(t, lost.Receive(t.Context(), told))
	}
	waiting.Start()
	defer waiting.Stop()
	var there []string
	require.Eventually(t, func() bool {
		there = nil
		err := db.Select(&there, `select provider_id from strays order by received_at, id`)
		return err == nil && len(there) == 5 && waiting.Busy() == 0
	}, time.Minute, 10*time.Millisecond)
	require.Equal(t, []string{"SM0", "SM1", "SM2", "SM3", "SM4"}, there)
	lost.Stop()
}
