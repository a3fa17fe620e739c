package health_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/deliveries"
	"ringback/gateway/health"
	"ringback/migrations/testdb"
)

// waits looks how long a queue's oldest has been due, by the database's clock.
func waits(t *testing.T, db *sqlx.DB, queue string) float64 {
	t.Helper()
	s, err := health.Look(t.Context(), db)
	require.NoError(t, err)
	for _, w := range s.Work {
		if w.Queue == queue {
			return w.Seconds
		}
	}
	require.Fail(t, "there is no queue "+queue)
	return 0
}

func TestTheOldestDueWorkOfEachQueue(t *testing.T) {
	db := testdb.New(t)
	var now time.Time
	require.NoError(t, db.Get(&now, `select now()`))
	for _, ago := range []time.Duration{-time.Hour, 30 * time.Second, 10 * time.Minute} {
		for _, bulk := range []bool{false, true} {
			out := deliveries.Outgoing{
				CompanyID: uuid.NewString(), ID: uuid.NewString(), TeamID: uuid.NewString(), SenderID: uuid.NewString(), Kind: "sms", To: "+13125550142", Text: "Hello", Bulk: bulk,
			}
			require.NoError(t, deliveries.Queue(t.Context(), db, clock.At(now.Add(-ago)), out))
		}
	}
	require.InDelta(t, 600, waits(t, db, "deliveries"), 60)
	_, err := db.Exec(`update deliveries set due_at = null where due_at < now()`)
	require.NoError(t, err)
	require.Zero(t, waits(t, db, "deliveries"), "what is due in an hour waits for nobody")

	for _, queue := range []string{"events", "hooks", "media", "notices", "reads", "calendars"} {
		require.Zero(t, waits(t, db, queue), queue)
	}
	_, err = db.Exec(`insert into reads (company_id, sender_id, contact_id, seq, provider_id, due_at) values ($1, $1, $1, 1, 'SM1', now() - interval '2 minutes')`, uuid.NewString())
	require.NoError(t, err)
	require.InDelta(t, 120, waits(t, db, "reads"), 60)
}

func TestWhatSomebodyHasToLookAt(t *testing.T) {
	for name, c := range map[string]struct {
		state health.State
		found []health.Finding
	}{
		"all is well": {health.State{Work: []health.Work{{Queue: "events", Seconds: 59}}, ClockApart: -1999 * time.Millisecond}, []health.Finding{}},
		"late":        {health.State{Work: []health.Work{{Queue: "events", Seconds: 60}}}, []health.Finding{{Code: health.QueueBehind, Severity: health.Warning, What: "events: the oldest has been due for 1m0s"}}},
		"the gravest first": {
			health.State{Work: []health.Work{{Queue: "media", Seconds: 61.4}, {Queue: "deliveries", Seconds: 300}}, ClockApart: -3 * time.Second},
			[]health.Finding{
				{Code: health.QueueBehind, Severity: health.Critical, What: "deliveries: the oldest has been due for 5m0s"},
				{Code: health.QueueBehind, Severity: health.Warning, What: "media: the oldest has been due for 1m1s"},
				{Code: health.ClockApart, Severity: health.Warning, What: "this machine's clock is 3s away from the database's"},
			},
		},
		"not wired": {health.State{Unwired: 1, Unheard: 7}, []health.Finding{
			{Code: health.SendersUnwired, Severity: health.Warning, What: "of 1 senders the provider does not bring here what happens"},
			{Code: health.CallbacksMissing, Severity: health.Warning, What: "the provider has said nothing of 7 messages that it took in the last day"},
		}},
		"not registered": {health.State{Unregistered: 3}, []health.Finding{
			{Code: health.SendersRefused, Severity: health.Warning, What: "carriers refuse the texts of 3 senders, for want of a registration (10DLC or toll-free)"},
		}},
		"refused": {health.State{Paused: 2}, []health.Finding{{Code: health.SendersPaused, Severity: health.Critical, What: "2 senders rest because the provider refuses their account"}}},
	} {
		require.Equal(t, c.found, c.state.Findings(), name)
	}
}

// TestAProviderThatIsAway says for which accounts.
func TestAProviderThatIsAway(t *testing.T) {
	checks := health.Checks{Away: func() []string { return []string{"sms AC1", "voice AC2"} }}
	_, found := checks.Check(t.Context())
	require.Equal(t, health.Finding{Code: health.ProviderAway, Severity: health.Critical, What: "the provider does not answer, and what is to go out waits: sms AC1, voice AC2"}, found[0])
	checks.Away = func() []string { return nil }
	_, found = checks.Check(t.Context())
	require.NotContains(t, found[0].What, "provider")
}

// TestADatabaseThatIsAway is a finding like any other.
func TestADatabaseThatIsAway(t *testing.T) {
	db := testdb.New(t)
	require.NoError(t, db.Close())
	state, found := health.Checks{DB: db}.Check(t.Context())
	require.Nil(t, state)
	require.Equal(t, health.DatabaseAway, found[0].Code)
}

// TestAStartIsNoDatabaseThatIsAway: who is told to bring Postgres back while a long
// migration is at work may stop it.
func TestAStartIsNoDatabaseThatIsAway(t *testing.T) {
	for _, c := range []struct {
		note  health.Note
		found health.Finding
	}{
		{health.Note{Code: health.Migrating, What: "step 1 of 2"}, health.Finding{Code: health.Migrating, Severity: health.Warning, What: "step 1 of 2"}},
		{health.Note{Code: health.Starting}, health.Finding{Code: health.Starting, Severity: health.Warning, What: "it is not there yet"}},
		{health.Note{Code: health.DatabaseAway, What: "Postgres is away"}, health.Finding{Code: health.DatabaseAway, Severity: health.Critical, What: "the database does not answer"}},
	} {
		checks := health.Checks{Start: func() health.Note { return c.note }}
		state, found := checks.Check(t.Context())
		require.Nil(t, state)
		require.Equal(t, []health.Finding{c.found}, found)
		names := prometheus.NewPedanticRegistry()
		names.MustRegister(health.Collector{Checks: func() health.Checks { return checks }})
		said, err := names.Gather()
		require.NoError(t, err)
		var away bool
		for _, one := range said {
			away = away || one.GetName() == "ringback_database_up"
		}
		require.Equal(t, c.note.Code == health.DatabaseAway, away, "nobody asked it otherwise")
	}
}

// TestConnectionsAreShortWhenSomebodyWaits: that all are in use for a moment is what
// they are there for.
func TestConnectionsAreShortWhenSomebodyWaits(t *testing.T) {
	db := testdb.New(t)
	pool := sqlx.MustOpen("postgres", testdb.DSN(t))
	t.Cleanup(func() { _ = pool.Close() })
	pool.SetMaxOpenConns(1)
	codes := func() (found []health.Code) {
		_, all := health.Checks{DB: db, Pools: map[string]*sqlx.DB{"work": pool}}.Check(t.Context())
		for _, f := range all {
			found = append(found, f.Code)
		}
		return found
	}
	held, err := pool.Conn(t.Context())
	require.NoError(t, err)
	require.Equal(t, []health.Code{health.ConnectionsShort}, codes())
	require.NoError(t, held.Close())
	require.Empty(t, codes())
}

// TestSendersThatAreSilent: messages of which nothing was heard for twenty minutes, and
// numbers that do not point here, as the provider said last.
func TestSendersThatAreSilent(t *testing.T) {
	db := testdb.New(t)
	var company, team string
	require.NoError(t, db.Get(&company, `insert into companies (id, name) values (gen_random_uuid(), 'Acme') returning id`))
	require.NoError(t, db.Get(&team, `insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, gen_random_uuid(), 'Service', 'Service', 'UTC', 'en') returning id`, company))
	for n, one := range []struct{ kind, state, ago string }{
		{"sms", "sending", "21 minutes"},
		{"whatsapp_cloud", "sending", "23 hours"},
		{"sms", "sending", "19 minutes"},
		{"sms", "sending", "25 hours"},
		{"sms", "sent", "1 hour"},
		{"webchat", "sending", "1 hour"},
	} {
		_, err := db.Exec(`insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, state, sent_at)
			values ($1, gen_random_uuid(), $2, $2, $2, $3, '', '+15550001111', '', '', $4, now() - $5::interval)`, company, team, one.kind, one.state, one.ago)
		require.NoError(t, err, n)
	}
	for n, findings := range []string{`[]`, `[{"what": "message", "is": "", "needs": "https://here"}]`, `[{"what": "message_fails", "is": "", "needs": "https://here", "note": true}]`, `[{"what": "call", "is": "https://here"}]`} {
		_, err := db.Exec(`with s as (insert into senders (company_id, team_id, id, kind, address) values ($1, $2, gen_random_uuid(), 'sms', $3) returning id)
			insert into sender_checks (company_id, sender_id, at, findings) select $1, id, now(), $4 from s`, company, team, n, findings)
		require.NoError(t, err, n)
	}
	s, err := health.Look(t.Context(), db)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{s.Unheard, s.Unwired})
}

// TestWorkThatStands is said once for each, and counted once for all: a metric that is
// there twice is an error, and nothing would be measured any more when it matters.
func TestWorkThatStands(t *testing.T) {
	checks := health.Checks{Stand: func() map[string]time.Duration {
		return map[string]time.Duration{"sending": 61*time.Minute + time.Millisecond, "asking how templates stand": 2 * time.Hour}
	}}
	_, found := checks.Check(t.Context())
	require.Equal(t, []health.Finding{
		{Code: health.WorkStands, Severity: health.Warning, What: "asking how templates stand has not come round for 2h0m0s"},
		{Code: health.WorkStands, Severity: health.Warning, What: "sending has not come round for 1h1m0s"},
	}, found[1:])
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(health.Collector{Checks: func() health.Checks { return checks }})
	_, err := r.Gather()
	require.NoError(t, err)
}
