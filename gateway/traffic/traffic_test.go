package traffic_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/traffic"
	"ringback/migrations/testdb"
	"ringback/settings"
)

const other = "11111111-1111-7111-8111-111111111111" // a company

// gone is what went through in one story.
type gone struct {
	t               *testing.T
	db              *sqlx.DB
	company, sender string
	team            settings.Team
	now             time.Time
}

func (g gone) write(statement string, arguments ...any) {
	g.t.Helper()
	_, err := g.db.Exec(statement, arguments...)
	require.NoError(g.t, err)
}

func (g gone) event(company, kind string, ago time.Duration) {
	g.t.Helper()
	id := uuid.Must(uuid.NewV7())
	g.write(`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, handled_at, payload)
		values ($1, $2, $3, $4, $5, $2::uuid::text, $6::timestamptz, $6::timestamptz, $6::timestamptz, '{}')`, company, id, g.team.ID, g.sender, kind, g.now.Add(-ago))
}

func (g gone) decision(outcome, reason string, ago time.Duration) {
	g.t.Helper()
	id := uuid.Must(uuid.NewV7())
	g.write(`insert into decisions (company_id, id, team_id, event_id, event_kind, provider_id, outcome, reason, facts, at, decided_at)
		values ($1, $2, $3, $2, 'message', '', $4, $5, '{}', $6::timestamptz, $6::timestamptz)`, g.company, id, g.team.ID, outcome, reason, g.now.Add(-ago))
}

func (g gone) delivery(state channels.State, code string, ago time.Duration, due *time.Time) {
	g.t.Helper()
	g.write(`insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, state, error_code, created_at, due_at)
		values ($1, $2, $3, $2, $4, 'sms', '', '', '', '', $5, $6, $7, $8)`, g.company, uuid.Must(uuid.NewV7()), g.team.ID, g.sender, state, code, g.now.Add(-ago), due)
}

func newGone(t *testing.T) gone {
	t.Helper()
	db := testdb.New(t)
	ctx := context.Background()
	company, err := settings.EnsureCompany(ctx, db, "Green Valley")
	require.NoError(t, err)
	g := gone{t: t, db: db, company: company.ID, now: time.Date(2026, 6, 1, 15, 4, 30, 0, time.UTC)}
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	g.team, err = settings.CreateTeam(ctx, db, company.ID, "test", team)
	require.NoError(t, err)
	_, err = settings.EditTeam(ctx, db, company.ID, g.team.ID, "test", func(e *settings.Edit) error {
		s, err := e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: "+13125550100"})
		g.sender = s.ID
		return err
	})
	require.NoError(t, err)
	return g
}

// TestTraffic: what came in, by which a text went out, and what did not arrive, in the bar
// of its minute, by what it was, and by sender; of this company, from the first moment of
// the time on.
func TestTraffic(t *testing.T) {
	t.Parallel()
	g := newGone(t)
	clock := clocktest.StoppedAt(g.now)
	empty, err := traffic.Of(t.Context(), g.db, g.company, traffic.Hour, clock, traffic.Patience)
	require.NoError(t, err)
	require.Equal(t, traffic.Flow{Bars: make([]int, 60), Parts: make([]int, 60)}, empty.Received)
	require.Equal(t, []traffic.Count{}, empty.Decisions)
	empty, err = traffic.Of(t.Context(), g.db, uuid.NewString(), traffic.Hour, clock, traffic.Patience)
	require.NoError(t, err)
	require.Equal(t, []traffic.OfSender{}, empty.Senders, "of a company without any the API lists none, and says not null")

	g.event(g.company, "message", 0)
	g.event(g.company, "message", 59*time.Minute)
	g.event(g.company, "call_step", time.Minute)
	g.event(g.company, "recording", time.Minute)
	g.event(g.company, "status", time.Minute)
	g.event(g.company, "ticket", 0)               // a timer of ours
	g.event(g.company, "message", 61*time.Minute) // too long ago
	g.event(other, "message", 0)
	g.decision("sent", "sent", 0)
	g.decision("skipped", "switched_off", 0)
	g.decision("skipped", "switched_off", 2*time.Minute)
	due := g.now.Add(-90 * time.Second)
	g.delivery(channels.Delivered, "", 0, nil)
	g.delivery(channels.Read, "", 0, nil)
	g.delivery(channels.Queued, "", 90*time.Second, &due)
	g.delivery(channels.Undelivered, "30003", 3*time.Minute, nil)
	g.delivery(channels.Expired, "", 3*time.Minute, nil)

	found, err := traffic.Of(t.Context(), g.db, g.company, traffic.Hour, clock, traffic.Patience)
	require.NoError(t, err)
	require.Equal(t, [2]string{"2026-06-01T14:05:00Z", "2026-06-01T15:05:00Z"}, [2]string{found.From.Format(time.RFC3339), found.Until.Format(time.RFC3339)})
	require.Equal(t, 60, found.Seconds)
	bars := func(f traffic.Flow) map[int][2]int {
		all := map[int][2]int{}
		for n := range f.Bars {
			if f.Bars[n] > 0 {
				all[n] = [2]int{f.Bars[n], f.Parts[n]}
			}
		}
		return all
	}
	require.Equal(t, map[int][2]int{0: {1, 0}, 58: {3, 1}, 59: {1, 0}}, bars(found.Received))
	require.Equal(t, map[int][2]int{57: {1, 0}, 59: {2, 1}}, bars(found.Decided))
	require.Equal(t, map[int][2]int{56: {2, 2}, 58: {1, 0}, 59: {2, 0}}, bars(found.Delivered))
	require.Equal(t, [2]int{5, 1}, [2]int{found.Received.Total, found.Received.Part})
	require.ElementsMatch(t, []traffic.Count{{What: "message", N: 2}, {What: "call", N: 2}, {What: "status", N: 1}}, found.Events)
	require.Equal(t, []traffic.Count{{What: "skipped", Why: "switched_off", N: 2}, {What: "sent", Why: "sent", N: 1}}, found.Decisions, "the most frequent first")
	require.Contains(t, found.Deliveries, traffic.Count{What: "undelivered", Why: "30003", N: 1})
	require.Equal(t, []traffic.OfSender{{
		ID: g.sender, Kind: channels.SMS, Address: "+13125550100", TeamID: g.team.ID, Team: "Service",
		Received: 4, Out: 5, Arrived: 2, Lost: 2, Waiting: 90,
	}}, found.Senders)
	require.NotEmpty(t, found.Queues)

	for last, messages := range map[string]int{traffic.Day: 3, traffic.Week: 3, "": 3} {
		wide, err := traffic.Of(t.Context(), g.db, g.company, last, clock, traffic.Patience)
		require.NoError(t, err)
		require.Contains(t, wide.Events, traffic.Count{What: "message", N: messages}, last)
	}
	var invalid settings.Invalid
	_, err = traffic.Of(t.Context(), g.db, g.company, "year", clock, traffic.Patience)
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "last", invalid[0].Field)
}

// TestTrafficGivesUp on what cannot be counted in time, and says so; who went away
// meanwhile gave up by themselves.
func TestTrafficGivesUp(t *testing.T) {
	t.Parallel()
	g := newGone(t)
	clock := clocktest.StoppedAt(g.now)
	held := g.db.MustBegin()
	defer func() { _ = held.Rollback() }()
	held.MustExec(`lock table decisions in access exclusive mode`)
	asked, leave := context.WithTimeout(t.Context(), 20*time.Second)
	defer leave()
	_, err := traffic.Of(asked, g.db, g.company, traffic.Hour, clock, 50*time.Millisecond)
	require.Equal(t, settings.Refuse("last", "too_much_to_count"), err)
	gone, leave := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer leave()
	_, err = traffic.Of(gone, g.db, g.company, traffic.Hour, clock, time.Hour)
	require.Error(t, err)
	require.NotErrorAs(t, err, new(settings.Invalid))
	require.NoError(t, held.Rollback())
	_, err = traffic.Of(t.Context(), g.db, g.company, traffic.Hour, clock, time.Hour)
	require.NoError(t, err)
}

// TestTrafficIsReadByTheirIDs: by a clock that is not played, what was stored before the
// time is not looked at.
func TestTrafficIsReadByTheirIDs(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, fill := range []string{`
		insert into decisions (company_id, id, team_id, event_id, event_kind, provider_id, outcome, reason, facts, at, decided_at)
		select $1, ('01800000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, gen_random_uuid(), 'message', n::text, 'sent', 'sent', '{}', now(), now()
		from generate_series(1, 20000) n`, `
		insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, handled_at, payload)
		select $1, ('01800000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, $1, 'message', n::text, now(), now(), now(), '{}'
		from generate_series(1, 20000) n`, `
		insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text)
		select $1, ('01800000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, $1, $1, 'sms', '', '', '', '' from generate_series(1, 20000) n`} {
		db.MustExec(fill, other)
	}
	db.MustExec(`analyze`)
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, statement := range traffic.Statements {
		var plan []string
		require.NoError(t, db.Select(&plan, `explain `+statement, other, traffic.Oldest(from), from, from.Add(time.Hour), 60))
		require.Contains(t, strings.Join(plan, "\n"), "_pkey", statement)
		require.NotContains(t, strings.Join(plan, "\n"), "Seq Scan", statement)
	}
	require.Less(t, traffic.Oldest(from).String(), uuid.Must(uuid.NewV7()).String())
	require.Equal(t, "00000000-0000-0000-0000-000000000000"[8:], traffic.Oldest(time.UnixMilli(0)).String()[8:])
}
