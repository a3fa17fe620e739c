package health_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/health"
	"ringback/gateway/spool"
)

// TestNotes: strangers hear the code and how long, the operator the words as well.
func TestNotes(t *testing.T) {
	for _, c := range []struct {
		note         health.Note
		public, full string
	}{
		{health.Note{Code: health.DatabaseAway}, "database_away", "database_away"},
		{health.Note{Code: health.SpoolFull, What: "/var/lib/ringback: no space left"}, "spool_full", "spool_full: /var/lib/ringback: no space left"},
		{health.Note{Code: health.SpoolHolds, For: 90*time.Second + 5, What: "3 events"}, "spool_holds 1m30s", "spool_holds 1m30s: 3 events"},
	} {
		require.Equal(t, c.public, c.note.Public())
		require.Equal(t, c.full, c.note.Full())
	}
	require.Empty(t, health.OfMessages(59*time.Second))
	require.Equal(t, "queue_behind 1m0s", health.OfMessages(time.Minute)[0].Public())
	require.Equal(t, health.SpoolAway, health.OfFault(fmt.Errorf("%w: %w", spool.ErrAway, errors.New("no quorum"))))
	require.Equal(t, health.SpoolFull, health.OfFault(spool.ErrDiskFull))
}
