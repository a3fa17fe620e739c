package reports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

const (
	aCompany = "11111111-1111-7111-8111-111111111111"
	aTeam    = "22222222-2222-7222-8222-222222222222"
)

// A week costs what happened in it, however long the team has been here.
func TestAWeekIsReadByIndex(t *testing.T) {
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
	days := "{2026-06-01,2026-06-02,2026-06-03,2026-06-04,2026-06-05,2026-06-06,2026-06-07,2026-06-08}"
	require.NoError(t, db.Select(&lines, "explain "+weekCounts, aCompany, aTeam, days))
	plan := strings.Join(lines, "\n")
	require.NotContains(t, plan, "Seq Scan on decisions")
	require.NotContains(t, plan, "Seq Scan on messages")
}
