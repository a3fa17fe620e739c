package inbox

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/migrations/testdb"
	"ringback/settings/staff"
)

const (
	aCompany = "11111111-1111-7111-8111-111111111111"
	aTeam    = "22222222-2222-7222-8222-222222222222"
	aContact = "33333333-3333-7333-8333-333333333333"
)

// A list is read by an index, newest first, without sorting: it costs the same
// whether a team has a hundred rows or millions.
func TestListsAreReadByIndex(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Exec(`
		insert into decisions (company_id, id, team_id, contact_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), gen_random_uuid(), 'message', 'SM' || n, 'customer_first_chat', 'sent',
			case n % 100 when 0 then 'opted_out' else 'sent' end, '{}', now()
		from generate_series(1, 20000) n`, aCompany, aTeam)
	require.NoError(t, err)
	_, err = db.Exec(`
		insert into tickets (company_id, id, team_id, contact_id, number, kind, opened_at, waiting_since, assignee)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), n, case n % 1000 when 0 then 'voicemail' else 'message' end, now(), case n % 10 when 0 then now() end,
			case n % 1000 when 1 then $3::uuid end
		from generate_series(1, 20000) n`, aCompany, aTeam, aContact)
	require.NoError(t, err)
	_, err = db.Exec(`
		with made as (insert into contacts (company_id, id, name) select $1, gen_random_uuid(), 'Ann ' || n from generate_series(1, 20000) n returning id)
		insert into addresses (company_id, kind, address, contact_id)
		select $1, 'phone', '+1312' || row_number() over (), id from made`, aCompany)
	require.NoError(t, err)
	_, err = db.Exec(`
		insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		select company_id, gen_random_uuid(), team_id, contact_id, id, gen_random_uuid(), 'customer', 'hello', now() from tickets`)
	require.NoError(t, err)
	_, err = db.Exec(`insert into standings (company_id, team_id, contact_id) select company_id, $1, id from contacts`, aTeam)
	require.NoError(t, err)
	_, err = db.Exec(`analyze`)
	require.NoError(t, err)
	last := uuid.NewString()
	desk, who := Desk{DB: db, Clock: clocktest.StoppedAt(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))}, staff.Principal{CompanyID: aCompany, StaffID: aContact}
	listed := func(f TicketFilter, after Place) string {
		query, args, err := desk.listing(t.Context(), who, aTeam, f, after, 51)
		require.NoError(t, err)
		return explain(t, db, query, args...)
	}
	here := Place{time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), last}
	for name, plan := range map[string]string{
		"decisions":        explain(t, db, listDecisions, aCompany, aTeam, "", "", "", "", "", "", nil, "", 51),
		"of a later page":  explain(t, db, listDecisions, aCompany, aTeam, "", "", "", "", "", "", nil, last, 51),
		"of a reason":      explain(t, db, listDecisions, aCompany, aTeam, "", "", "", "", "", "opted_out", nil, "", 51),
		"tickets":          listed(TicketFilter{}, Place{}),
		"tickets later on": listed(TicketFilter{}, Place{ID: last}),
		"all, by activity": listed(TicketFilter{View: ViewAll}, Place{}),
		"all, later on":    listed(TicketFilter{View: ViewAll}, here),
		"nobody's":         listed(TicketFilter{View: ViewUnassigned}, Place{}),
		"nobody's, later":  listed(TicketFilter{View: ViewUnassigned}, here),
		"who waits":        listed(TicketFilter{View: ViewWaiting}, Place{}),
		"who waits, later": listed(TicketFilter{View: ViewWaiting}, here),
		"of a kind":        listed(TicketFilter{View: ViewAll, Kind: "voicemail"}, Place{}),
		"mine":             listed(TicketFilter{View: ViewMine}, Place{}),
	} {
		require.Contains(t, plan, "Index Scan", name)
		require.NotContains(t, plan, "Seq Scan", name)
		ofRows, _, _ := strings.Cut(plan, "SubPlan") // what is looked up for each row shown may sort its one or two
		require.NotContains(t, ofRows, "Sort", name)
	}
	for name, plan := range map[string]string{ // few rows each, sorted or not
		"of an event":      explain(t, db, listDecisions, aCompany, aTeam, last, "", "", "", "", "", nil, "", 51),
		"of a provider id": explain(t, db, listDecisions, aCompany, aTeam, "", "SM77", "", "", "", "", nil, "", 51),
		"of a contact":     explain(t, db, listDecisions, aCompany, aTeam, "", "", aContact, "", "", "", nil, "", 51),
		"a contact's":      listed(TicketFilter{Contact: aContact}, Place{}),
	} {
		require.NotContains(t, plan, "Seq Scan", name)
		require.NotContains(t, plan, "Filter: (contact_id", name)
		require.NotContains(t, plan, "Filter: (provider_id", name)
	}
}

func explain(t *testing.T, db *sqlx.DB, query string, args ...any) string {
	t.Helper()
	var lines []string
	require.NoError(t, db.Select(&lines, "explain "+query, args...))
	// Senders and labels are a handful, and read whole as well as by their key.
	plan := strings.Join(lines, "\n")
	for _, few := range []string{"senders", "labels", "ticket_labels", "ticket_reads"} {
		plan = strings.ReplaceAll(plan, "Seq Scan on "+few, "look at "+few)
	}
	return plan
}
