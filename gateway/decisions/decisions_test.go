package decisions_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/gateway/decisions"
	"ringback/gateway/outboundhooks"
	"ringback/migrations/testdb"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// decide is a decision on an event.
func decide(company, event, outcome, reason string) decisions.Decision {
	id, _ := decisions.NewID()
	return decisions.Decision{
		CompanyID: company, ID: id, TeamID: uuid.NewString(), EventID: event, EventKind: "message", ProviderID: "SM-" + event,
		Automation: "customer_first_chat", Outcome: outcome, Reason: reason, Facts: map[string]any{"open": true}, Text: reason, At: noon,
	}
}

func kept(t require.TestingT, db *sqlx.DB, company string) []string {
	found := []string{}
	require.NoError(t, db.Select(&found, `select outcome || ' ' || reason || ' ' || text from decisions where company_id = $1 order by id`, company))
	return found
}

// listens has the company's decisions told to a system of theirs, and counts what was.
func listens(t *testing.T, db *sqlx.DB, company string) func() (told int) {
	t.Helper()
	_, err := db.Exec(`insert into companies (id, name) values ($1, 'GVE')`, company)
	require.NoError(t, err)
	_, err = db.Exec(`insert into hooks (company_id, id, url, kinds, secret) values ($1, gen_random_uuid(), 'https://example.com', $2, '')`,
		company, "{"+outboundhooks.DecisionMade+"}")
	require.NoError(t, err)
	return func() (told int) {
		require.NoError(t, db.Get(&told, `select count(*) from hook_deliveries where company_id = $1`, company))
		return told
	}
}

// TestAnEventIsDecidedAboutOnce: the first decision stands, however often it is
// made again and wherever, and the company's systems hear of that one.
func TestAnEventIsDecidedAboutOnce(t *testing.T) {
	t.Parallel()
	db, company, event := testdb.New(t), uuid.NewString(), uuid.NewString()
	told := listens(t, db, company)
	require.NoError(t, decisions.Insert(t.Context(), db, decide(company, event, "skipped", "opted_out")))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { _ = decisions.Insert(context.Background(), db, decide(company, event, "sent", "sent")) })
	}
	all.Wait()
	require.Equal(t, []string{"skipped opted_out opted_out"}, kept(t, db, company))
	require.Equal(t, 1, told())
	require.NoError(t, decisions.Insert(t.Context(), db, decide(company, uuid.NewString(), "sent", "sent")))
	require.Equal(t, 2, told(), "another event is another decision")
}

// TestADecisionChangesOnlyFromDeferred, and once; what changes nothing is told
// to nobody.
func TestADecisionChangesOnlyFromDeferred(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for first, want := range map[string]struct {
		kept string
		told int
	}{
		"deferred": {"sent sent Hello", 2}, "sent": {"sent as_first as_first", 1}, "skipped": {"skipped as_first as_first", 1},
	} {
		company := uuid.NewString()
		told := listens(t, db, company)
		d := decide(company, uuid.NewString(), first, "as_first")
		require.NoError(t, decisions.Insert(t.Context(), db, d))
		d.Outcome, d.Reason, d.Text, d.DeliveryID = "sent", "sent", "Hello", uuid.NewString()
		require.NoError(t, d.Release(t.Context(), db))
		d.Outcome, d.Reason, d.Text = "skipped", "expired", ""
		require.NoError(t, d.Release(t.Context(), db))
		require.Equal(t, []string{want.kept}, kept(t, db, company), first)
		require.Equal(t, want.told, told(), first)
	}
}

// TestWhatWaits is found by the provider's event, as long as it waits.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	db, company := testdb.New(t), uuid.NewString()
	d := decide(company, uuid.NewString(), "deferred", "deferred")
	d.TicketID = uuid.NewString()
	require.NoError(t, decisions.Insert(t.Context(), db, d))
	find := func(company, provider, kind string) (decisions.Decision, error) {
		return decisions.Deferred(t.Context(), db, company, provider, kind)
	}
	found, err := find(company, d.ProviderID, "message")
	require.NoError(t, err)
	require.Equal(t, []string{d.ID, d.TicketID, d.Automation, "message"}, []string{found.ID, found.TicketID, found.Automation, found.EventKind})
	require.True(t, found.At.Equal(d.At), "hooks are told of what was decided at last as of any other")
	for _, other := range [][3]string{{uuid.NewString(), d.ProviderID, "message"}, {company, "SM-other", "message"}, {company, d.ProviderID, "call"}} {
		_, err := find(other[0], other[1], other[2])
		require.ErrorIs(t, err, decisions.ErrNone)
	}
	d.Outcome = "sent"
	require.NoError(t, d.Release(t.Context(), db))
	_, err = find(company, d.ProviderID, "message")
	require.ErrorIs(t, err, decisions.ErrNone)
}

// TestWhatWentOutOnATicket: the newest of each automation; what was not sent
// did not go out.
func TestWhatWentOutOnATicket(t *testing.T) {
	t.Parallel()
	db, company, ticket := testdb.New(t), uuid.NewString(), uuid.NewString()
	for n, c := range []struct{ automation, outcome, ticket string }{
		{"customer_first_chat", "sent", ticket},
		{"customer_first_chat", "sent", ticket},
		{"after_successful_call", "sent", ticket},
		{"customer_first_chat", "skipped", ticket},
		{"after_hours_text", "deferred", ticket},
		{"capture_advisor_rating", "sent", uuid.NewString()},
		{"", "sent", ticket},
	} {
		d := decide(company, uuid.NewString(), c.outcome, "x")
		d.Automation, d.TicketID, d.At = c.automation, c.ticket, noon.Add(time.Duration(n)*time.Hour)
		require.NoError(t, decisions.Insert(t.Context(), db, d))
	}
	last, err := decisions.OnTicket(t.Context(), db, company, ticket)
	require.NoError(t, err)
	require.Len(t, last, 2)
	require.True(t, last["customer_first_chat"].Equal(noon.Add(time.Hour)))
	require.True(t, last["after_successful_call"].Equal(noon.Add(2*time.Hour)))
}

// TestTheCapHoldsToTheMessage: of many that are decided at once, as many go
// out as the cap allows.
func TestTheCapHoldsToTheMessage(t *testing.T) {
	t.Parallel()
	db, company, team := testdb.New(t), uuid.NewString(), uuid.NewString()
	var mu sync.Mutex
	allowed := 0
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			ok, err := decisions.Reserve(t.Context(), db, company, team, noon, 1, 7, 100)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && ok == 1 {
				allowed++
			}
		})
	}
	all.Wait()
	require.Equal(t, 7, allowed)
}

// TestCaps plays messages of some minutes against the caps of their hour and
// day, as clocks in UTC have them: what was let out never passes either.
func TestCaps(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	rapid.Check(t, func(t *rapid.T) {
		company, team := uuid.NewString(), uuid.NewString()
		perHour, perDay := rapid.IntRange(0, 3).Draw(t, "per hour"), rapid.IntRange(0, 5).Draw(t, "per day")
		hours, days := map[time.Time]int{}, map[time.Time]int{}
		for range rapid.IntRange(1, 12).Draw(t, "messages") {
			at := noon.Add(time.Duration(rapid.SampledFrom([]int{0, 59, 60, 61, 119, 719, 720, 721}).Draw(t, "minutes")) * time.Minute)
			hour, day := at.Truncate(time.Hour), at.Truncate(24*time.Hour)
			ok, err := decisions.Reserve(context.Background(), db, company, team, at, 1, perHour, perDay)
			require.NoError(t, err)
			if ok == 1 {
				hours[hour]++
				days[day]++
			}
			require.LessOrEqual(t, hours[hour], perHour)
			require.LessOrEqual(t, days[day], perDay)
		}
	})
	for n, want := range []bool{true, true, false} {
		ok, err := decisions.Reserve(t.Context(), db, "0192e4a0-0000-7000-8000-000000000001", "0192e4a0-0000-7000-8000-000000000002", noon, 1, 2, 9)
		require.NoError(t, err)
		require.Equal(t, want, ok == 1, fmt.Sprintf("message %d of two in an hour", n+1))
	}
	ok, err := decisions.Reserve(t.Context(), db, "0192e4a0-0000-7000-8000-000000000001", "0192e4a0-0000-7000-8000-000000000002", noon.Add(time.Hour), 1, 2, 9)
	require.NoError(t, err)
	require.Equal(t, 1, ok, "the next hour has its own")
	ok, err = decisions.Reserve(t.Context(), db, "0192e4a0-0000-7000-8000-000000000001", uuid.NewString(), noon, 1, 2, 9)
	require.NoError(t, err)
	require.Equal(t, 1, ok, "and so has another team")
}
