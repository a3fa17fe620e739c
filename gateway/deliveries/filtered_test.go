package deliveries

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

// TestManyFiltered: five, and one in twenty of the day's.
func TestManyFiltered(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for name, c := range map[string]struct {
		filtered, others int
		want             bool
	}{
		"four of four":        {4, 0, false},
		"five of five":        {5, 0, true},
		"five of a hundred":   {5, 95, true},
		"five of a hundred 1": {5, 96, false},
		"six of 120":          {6, 114, true},
	} {
		sender := perSecond(t, db, 1)
		backlog(t, db, sender, c.filtered+c.others, "Hello")
		_, err := db.Exec(`update deliveries set state = 'undelivered', reason = 'filtered', due_at = null
			where id = any(array(select id from deliveries where sender_id = $1 limit $2))`, sender, c.filtered)
		require.NoError(t, err)
		many, err := ManyFiltered(t.Context(), db, company, sender, start.Add(-time.Hour))
		require.NoError(t, err)
		require.Equal(t, c.want, many, name)
		many, err = ManyFiltered(t.Context(), db, company, sender, start.Add(time.Second))
		require.NoError(t, err)
		require.False(t, many, "that was yesterday")
	}
}
