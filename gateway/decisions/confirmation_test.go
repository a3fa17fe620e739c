package decisions_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/decisions"
	"ringback/migrations/testdb"
)

// TestConfirmationsHaveASmallBudget: of one person and of the whole team, in an
// hour, beside that of automatic messages.
func TestConfirmationsHaveASmallBudget(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, team := uuid.NewString(), uuid.NewString()
	word := func(contact string, at time.Time) bool {
		_, err := db.Exec(`insert into standings (company_id, team_id, contact_id) values ($1, $2, $3) on conflict do nothing`, company, team, contact)
		require.NoError(t, err)
		within, err := decisions.ReserveConfirmation(t.Context(), db, company, team, contact, at, 70)
		require.NoError(t, err)
		return within
	}
	answered := func(contact string, words int, at time.Time) (n int) {
		for range words {
			if word(contact, at) {
				n++
			}
		}
		return n
	}
	anna, ben := uuid.NewString(), uuid.NewString()
	require.Equal(t, 5, answered(anna, 60, noon))
	require.Equal(t, 0, answered(anna, 1, noon.Add(59*time.Minute)))
	require.Equal(t, 3, answered(ben, 3, noon), "another person has their own")
	crowd := 0
	for range 600 {
		crowd += answered(uuid.NewString(), 1, noon)
	}
	require.Equal(t, 2, crowd, "ten in all of this team")
	require.Equal(t, 5, answered(anna, 60, noon.Add(time.Hour)), "an hour later")
	granted, err := decisions.Reserve(t.Context(), db, company, team, noon, 1, 1, 1)
	require.NoError(t, err)
	require.Equal(t, 1, granted, "automatic messages are counted by themselves")
}
