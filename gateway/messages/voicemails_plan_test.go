package messages

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

// Words of voicemails are found by their index, however many there are.
func TestVoicemailsAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company := uuid.NewString()
	_, err := db.Exec(`insert into media (company_id, id, team_id, contact_id, state, transcript)
		select $1, gen_random_uuid(), $1, $1, 'stored', 'Call me back about the ' || case when n % 500 = 0 then 'boiler' else 'mower ' || n end from generate_series(1, 20000) n`, company)
	require.NoError(t, err)
	_, err = db.Exec(`analyze media`)
	require.NoError(t, err)
	s := Search{CompanyID: company, Teams: []string{company}, Text: "boiler", Now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Limit: 10}
	found, err := s.Voicemails(t.Context(), db)
	require.NoError(t, err)
	require.Len(t, found, 10)
	var plan []string
	require.NoError(t, db.Select(&plan, `explain `+voicemailsWithin, company, pq.Array(s.Teams), s.words(nil), s.among(), s.Limit, bounded))
	require.Contains(t, strings.Join(plan, "\n"), "media_by_words")
	require.NotContains(t, strings.Join(plan, "\n"), "Seq Scan")
}
