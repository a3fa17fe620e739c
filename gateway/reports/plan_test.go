package reports

import (
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

const (
	aCompany = "11111111-1111-7111-8111-111111111111"
	aTeam    = "22222222-2222-7222-8222-222222222222"
)

// A report costs what happened in it, however long the team has been here.
func TestAReportIsReadByIndex(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, fill := range []string{`
		insert into decisions (company_id, id, team_id, contact_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), gen_random_uuid(), 'message', 'SM' || n, 'customer_first_chat', 'sent', 'sent', '{}', now()
		from generate_series(1, 20000) n`, `
		insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'customer', 'hello', now() from generate_series(1, 20000)`} {
		db.MustExec(fill, aCompany, aTeam)
	}
	db.MustExec(`analyze`)
	var lines []string
	first, last := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 8, 0, 0, 0, 0, time.UTC)
	days := pq.Array(stamps([]time.Time{first, first.AddDate(0, 0, 1), last}))
	require.NoError(t, db.Select(&lines, "explain "+count, aCompany, aTeam, days, first, last))
	var more []string
	require.NoError(t, db.Select(&more, "explain "+countAutomations, aCompany, aTeam, first, last))
	plan := strings.Join(append(lines, more...), "\n")
	require.NotContains(t, plan, "Seq Scan on decisions")
	require.NotContains(t, plan, "Seq Scan on messages")
	require.Equal(t, 2, strings.Count(plan, "decisions_counted"), plan)
}
