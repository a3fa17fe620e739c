package retention_test

import (
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/reports"
	"ringback/gateway/retention"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

type world struct {
	*testing.T
	db      *sqlx.DB
	clock   *clock.Clock
	company string
	team    settings.Team
	walker  *retention.Walker
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, db: testdb.New(t), clock: clocktest.StoppedAt(noon)}
	company, err := settings.EnsureCompany(t.Context(), w.db, "GVE")
	require.NoError(t, err)
	w.company = company.ID
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "UTC"
	w.team, err = settings.CreateTeam(t.Context(), w.db, w.company, "test", team)
	require.NoError(t, err)
	w.walker = w.another()
	return w
}

// another is the walker of one more replica.
func (w *world) another() *retention.Walker {
	return &retention.Walker{DB: w.db, Clock: w.clock, Log: slog.New(slog.DiscardHandler)}
}

func (w *world) exec(query string, args ...any) {
	w.Helper()
	_, err := w.db.ExecContext(w.Context(), query, args...)
	require.NoError(w, err)
}

func (w *world) count(query string) (n int) {
	w.Helper()
	require.NoError(w, w.db.Get(&n, query))
	return n
}

// happened is what one customer leaves behind who wrote, called and sent a file
// that many days ago, on a ticket of that status.
func (w *world) happened(days int, status string) {
	w.Helper()
	at, id := noon.AddDate(0, 0, -days), uuid.NewString()
	for _, query := range []string{
		`insert into tickets (company_id, id, team_id, contact_id, number, kind, status, opened_at) values ($1, $2, $3, $2, $5, 'message', $6, $4)`,
		`insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at) values ($1, $2, $3, $2, $2, $3, 'customer', 'words', $4)`,
		`insert into deliveries (company_id, id, team_id, contact_id, ticket_id, sender_id, kind, account, from_address, to_address, text, state, created_at)
			values ($1, $2, $3, $2, $2, $3, 'sms', '', '', '+1', 'words', 'delivered', $4)`,
		`insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, state, token_hash, message, answer, asked_at, answered_at, expires_at)
			values ($1, $2, $3, $2, $2, 'rating', 'answered', sha256($2::text::bytea), 'words', '{"score": 5, "comment": "words"}', $4, $4, $4)`,
		`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, journal, started_at, ended_at, settled_at, outcome)
			values ($1, $2, $2, $3, $3, '+1', $2, $2, '["words"]', $4, $4, $4, 'missed')`,
		`insert into media (company_id, id, team_id, contact_id, ticket_id, message_id, kind, account, source, created_at, state) values ($1, $2, $3, $2, $2, $2, 'sms', 'AC1', '{"url": "https://words"}', $4, 'stored')`,
		`insert into media (company_id, id, team_id, contact_id, ticket_id, call_id, kind, account, source, created_at, state) values ($1, gen_random_uuid(), $3, $2, $2, $2, 'voice', 'AC1', '{"url": "https://words"}', $4, 'stored')`,
		`insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, outcome, reason, facts, text, at)
			values ($1, $2, $3, $2, $2, $2, 'message', 'SM', 'sent', 'sent', '{"open": false, "name": "words"}', 'words', $4)`,
		`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, handled_at, payload, raw, created_at)
			values ($1, $2, $3, $3, 'message', $2, $4, $4, $4, '{"Theirs": "words"}', 'words', $4)`,
		`insert into strays (id, account, kind, ours, provider_id, payload, received_at) values ($2, '', 'message', '', $2, '{"Theirs": "words"}', $4)`,
	} {
		w.exec(strings.NewReplacer("$1", "'"+w.company+"'::uuid", "$2", "'"+id+"'::uuid", "$3", "'"+w.team.ID+"'::uuid", "$4", "'"+at.Format(time.RFC3339)+"'::timestamptz",
			"$5", strconv.Itoa(days), "$6", "'"+status+"'").Replace(query))
	}
}

// TestWhatIsTooOldGoes: and the figures of its week stay, and what is younger,
// or on a ticket that somebody still works on.
func TestWhatIsTooOldGoes(t *testing.T) {
	w := newWorld(t)
	w.happened(100, "closed")
	w.happened(101, "open")
	w.happened(10, "closed")
	w.exec(`insert into media (company_id, id, team_id, who, state, created_at) values ($1, gen_random_uuid(), $2, 'Ann', 'stored', $3)`, w.company, w.team.ID, noon.AddDate(-1, 0, 0)) // a greeting
	w.exec(`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, created_at)
		values ($1, gen_random_uuid(), $2, $2, 'ticket_lapse', 'timer', $3, $3, '{}', $3)`, w.company, w.team.ID, noon.AddDate(-1, 0, 0))
	week := noon.AddDate(0, 0, -102)
	before, err := reports.Of(t.Context(), w.db, settings.Company{ID: w.company, SegmentPrice: 0.01}, w.team, reports.Range{From: week.Format(time.DateOnly), To: week.AddDate(0, 0, 6).Format(time.DateOnly)}, noon)
	require.NoError(t, err)
	require.Equal(t, 2, before.Total.Ratings)

	d := retention.Days{}
	for _, kind := range retention.Kinds {
		days := 30
		*d.Of(kind) = &days
	}
	would, err := retention.Would(t.Context(), w.db, w.company, d, noon)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"messages": 3, "calls": 1, "media": 1, "recordings": 1, "events": 3, "decisions": 1}, would)
	require.NoError(t, w.walker.Work(t.Context()))
	require.Equal(t, 3, w.count(`select count(*) from messages where text = 'words'`), "nothing was chosen yet")

	require.NoError(t, retention.Save(t.Context(), w.db, w.company, "Ann", d))
	require.NoError(t, w.walker.Work(t.Context()))
	for what, query := range map[string]string{
		"messages": `select count(*) from messages where text = 'words'`, "deliveries": `select count(*) from deliveries where text = 'words'`,
		"requests": `select count(*) from requests where message = 'words' and answer ->> 'comment' = 'words'`, "calls": `select count(*) from calls where journal <> '[]'`,
		"media": `select count(*) from media where message_id is not null`, "recordings": `select count(*) from media where call_id is not null`,
		"decisions": `select count(*) from decisions where text = 'words'`, "events": `select count(*) from events where handled_at is not null`,
		"greetings": `select count(*) + 1 from media where who = 'Ann'`, "timers": `select count(*) + 1 from events where handled_at is null`,
		"rows": `select count(*) - 1 from messages`,
	} {
		require.Equal(t, 2, w.count(query), what)
	}
	require.Equal(t, 1, w.count(`select count(*) from strays`), "what reached no sender has no ticket")
	require.Equal(t, 6, w.count(`select count(*) from erased_files`), "here with a thumbnail each, and at the provider")
	after, err := reports.Of(t.Context(), w.db, settings.Company{ID: w.company, SegmentPrice: 0.01}, w.team, reports.Range{From: week.Format(time.DateOnly), To: week.AddDate(0, 0, 6).Format(time.DateOnly)}, noon)
	require.NoError(t, err)
	require.Equal(t, before, after)
	would, err = retention.Would(t.Context(), w.db, w.company, d, noon)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"messages": 0, "calls": 0, "media": 0, "recordings": 0, "events": 0, "decisions": 0}, would)
	require.Equal(t, 1, w.count(`select count(*) from history where what = 'retention'`))

	w.exec(`update tickets set status = 'closed'`)
	require.NoError(t, w.walker.Work(t.Context()))
	require.Equal(t, 2, w.count(`select count(*) from messages where text = 'words'`), "once a day")
	w.clock.Stop(noon.Add(25 * time.Hour))
	require.NoError(t, w.walker.Work(t.Context()))
	require.Equal(t, 1, w.count(`select count(*) from messages where text = 'words'`))
}

// TestManyGoInSteps: whatever their ids, and on three replicas at once.
func TestManyGoInSteps(t *testing.T) {
	w := newWorld(t)
	w.exec(`insert into messages (company_id, id, team_id, contact_id, sender_id, author, text, at)
		select $1, gen_random_uuid(), $2, $1, $2, 'customer', 'words', $3::timestamptz from generate_series(1, 2300)`, w.company, w.team.ID, noon.AddDate(0, 0, -20))
	days := 15
	require.NoError(t, retention.Save(t.Context(), w.db, w.company, "Ann", retention.Days{Messages: &days}))
	var walking sync.WaitGroup
	for range 3 {
		walking.Go(func() {
			if err := w.another().Work(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	walking.Wait()
	require.NoError(t, w.walker.Work(t.Context()))
	require.Zero(t, w.count(`select count(*) from messages where text = 'words'`))
}

// TestWhatCannotBeChosen: neither less than what the rules remember, nor what
// is no number of days.
func TestWhatCannotBeChosen(t *testing.T) {
	w := newWorld(t)
	for _, days := range []int{-1, 0, 13, 36501} {
		err := retention.Save(t.Context(), w.db, w.company, "Ann", retention.Days{Messages: &days})
		var wrong settings.Invalid
		require.ErrorAs(t, err, &wrong, days)
		require.Equal(t, "messages", wrong[0].Field)
	}
	d, err := retention.Find(t.Context(), w.db, w.company)
	require.NoError(t, err)
	require.Equal(t, retention.Days{}, d)
}
