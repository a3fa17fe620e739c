package decisions_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/decisions"
	"ringback/migrations/testdb"
)

// TestSeveralAtOnceHaveTheRoomThereIs: a batch asks for all of its messages, and is told
// for how many there is room below both caps.
func TestSeveralAtOnceHaveTheRoomThereIs(t *testing.T) {
	t.Parallel()
	db, company, team := testdb.New(t), uuid.NewString(), uuid.NewString()
	for _, c := range []struct {
		at             time.Time
		count, granted int
	}{
		{noon, 2, 2},
		{noon, 5, 1}, // the hour is full
		{noon.Add(59 * time.Minute), 1, 0},
		{noon.Add(time.Hour), 5, 1}, // and so is the day
		{noon.Add(2 * time.Hour), 5, 0},
		{noon.Add(24 * time.Hour), 5, 3},
	} {
		granted, err := decisions.Reserve(t.Context(), db, company, team, c.at, c.count, 3, 4)
		require.NoError(t, err)
		require.Equal(t, c.granted, granted, "%d at %s", c.count, c.at)
	}
}

// TestTwoWhoBeginAnHourKeepItsCap: neither sees the row that the other makes, and both
// caps hold none the less.
func TestTwoWhoBeginAnHourKeepItsCap(t *testing.T) {
	t.Parallel()
	db, company := testdb.New(t), uuid.NewString()
	for _, caps := range [][2]int{{3, 100}, {100, 3}} {
		team := uuid.NewString()
		first, err := db.BeginTxx(t.Context(), nil)
		require.NoError(t, err)
		granted, err := decisions.Reserve(t.Context(), first, company, team, noon, 2, caps[0], caps[1])
		require.NoError(t, err)
		require.Equal(t, 2, granted)
		second := make(chan int)
		go func() {
			granted, err := decisions.Reserve(t.Context(), db, company, team, noon, 2, caps[0], caps[1])
			if err != nil {
				granted = -1
			}
			second <- granted
		}()
		require.Eventually(t, func() bool {
			var waits bool
			require.NoError(t, db.Get(&waits, `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')`))
			return waits
		}, 10*time.Second, 5*time.Millisecond)
		require.NoError(t, first.Commit())
		require.LessOrEqual(t, <-second, 1, "hour %d, day %d", caps[0], caps[1])
		var sent int
		require.NoError(t, db.Get(&sent, `select min(sent) from spend where team_id = $1`, team))
		require.LessOrEqual(t, sent, 3)
	}
}
