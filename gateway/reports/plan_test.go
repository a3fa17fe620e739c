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

// All that a report asks of what there is much of stands in an index. A row that is read
// for it lies on a page of its own, as often as not, and a month has half a million.
func TestAReportReadsNoRowsOfWhatThereIsMuchOf(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, fill := range []string{`
		insert into tickets (company_id, id, team_id, contact_id, number, kind, opened_at)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), n, 'message', now() - n * interval '1 hour' from generate_series(1, 5000) n`, `
		insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		select company_id, gen_random_uuid(), team_id, contact_id, id, gen_random_uuid(), author, 'hello', opened_at from tickets, unnest(array['customer', 'automation', 'advisor']) author where company_id = $1 and team_id = $2`, `
		insert into decisions (company_id, id, team_id, contact_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at)
		select company_id, gen_random_uuid(), team_id, contact_id, gen_random_uuid(), 'message', 'SM' || number, 'customer_first_chat', 'sent', 'sent', '{"open": false}', opened_at from tickets where company_id = $1 and team_id = $2`, `
		insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, ended_at, settled_at, outcome)
		select company_id, id, 'CA' || number, team_id, gen_random_uuid(), '', contact_id, id, opened_at, opened_at, opened_at, case when number % 2 = 0 then 'answered' else 'missed' end from tickets where company_id = $1 and team_id = $2`, `
		insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, state, token_hash, asked_at, answered_at, expires_at, answer)
		select company_id, id, team_id, contact_id, id, 'approval', 'answered', sha256(id::text::bytea), opened_at, opened_at, opened_at, '{}' from tickets where company_id = $1 and team_id = $2`, `
		insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at)
		select company_id, id, team_id, contact_id, true, 'message', 'STOP', opened_at from tickets where company_id = $1 and team_id = $2`} {
		db.MustExec(fill, aCompany, aTeam)
	}
	db.MustExec(`vacuum analyze`)
	var now time.Time
	require.NoError(t, db.Get(&now, `select date_trunc('day', now())`))
	first, last := now.AddDate(0, 0, -20), now.AddDate(0, 0, -10)
	var lines, more []string
	require.NoError(t, db.Select(&lines, "explain "+count, aCompany, aTeam, pq.Array(stamps([]time.Time{first, last})), first, last))
	require.NoError(t, db.Select(&more, "explain "+countAutomations, aCompany, aTeam, first, last))
	plan := strings.Join(append(lines, more...), "\n")
	for _, index := range []string{"calls_counted", "tickets_counted", "decisions_counted_after_hours", "decisions_counted_sent", "messages_of_contacts", "messages_of_advisors", "messages_by_advisors", "calls_answered", "requests_answered", "consents_opted_out"} {
		require.Contains(t, plan, "Index Only Scan using "+index, plan)
	}
	for _, table := range []string{"decisions", "messages", "tickets", "calls", "requests", "consents"} {
		require.NotContains(t, plan, "Seq Scan on "+table)
	}
	require.NotContains(t, plan, "Bitmap Heap Scan on decisions")
	require.Equal(t, 1, strings.Count(plan, "using messages_by_advisors"), "a ticket's first answer is looked up once: %s", plan)
	require.Equal(t, 1, strings.Count(plan, "using calls_answered"), plan)
}

// A year is counted in pieces of whole periods, none of them longer than a month.
func TestPieces(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	for _, c := range []struct {
		by   string
		days int
		want int
	}{{Day, 1, 1}, {Day, 31, 1}, {Day, 32, 2}, {Day, 366, 12}, {Week, 366, 13}, {Month, 31, 1}, {Month, 366, 12}} {
		r := Range{From: "2024-01-01", To: time.Date(2023, 12, 31, 0, 0, 0, 0, time.UTC).AddDate(0, 0, c.days).Format(time.DateOnly), By: c.by}
		_, starts, err := r.periods(time.Time{})
		require.NoError(t, err)
		midnights := make([]time.Time, len(starts))
		for n, day := range starts {
			midnights[n] = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
		}
		parts := pieces(midnights)
		require.Len(t, parts, c.want, "%v", c)
		again := midnights[:1]
		for _, part := range parts {
			require.Equal(t, again[len(again)-1], part[0])
			require.False(t, part[len(part)-1].After(part[0].AddDate(0, 0, piece)), "%v", part)
			again = append(again[:len(again):len(again)], part[1:]...)
		}
		require.Equal(t, midnights, again)
	}
}
