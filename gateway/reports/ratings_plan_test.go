package reports

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

// TestRatingsAreAveragedFromTheirIndex: whoever looks at a year of them reads none of the
// rows, which hold the whole answers.
func TestRatingsAreAveragedFromTheirIndex(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	db.SetMaxOpenConns(1)
	company, team := uuid.NewString(), uuid.NewString()
	_, err := db.Exec(`insert into requests (company_id, team_id, id, contact_id, ticket_id, kind, state, token_hash, advisor, message, answer, asked_at, answered_at, expires_at)
		select $1, $2, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'rating', 'answered', sha256(n::text::bytea), md5((n % 30)::text)::uuid, repeat('How did we do? ', 10),
		jsonb_build_object('score', 1 + n % 5, 'comment', repeat('very nice ', n % 20)), now(), now() - n * interval '1 minute', now()
		from generate_series(1, 5000) n`, company, team)
	require.NoError(t, err)
	for _, set := range []string{`vacuum (analyze) requests`, `set plan_cache_mode = force_custom_plan`, `set enable_seqscan = off`} { // lists are planned each time
		_, err := db.Exec(set)
		require.NoError(t, err)
	}
	var plan []string
	require.NoError(t, db.Select(&plan, `explain `+ratingsByAdvisor, company, team, "", nil, nil))
	require.Contains(t, strings.Join(plan, "\n"), "Index Only Scan using requests_scores")
	all, _, err := Ratings(t.Context(), db, company, team, RatingFilter{})
	require.NoError(t, err)
	require.Equal(t, 5000, all.Count)
	require.InDelta(t, 3, *all.Average, 0.001)
}
