package notifications_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/channels/mail"
	"ringback/channels/simulator"
	"ringback/channels/simulator/mailbox"
	"ringback/gateway/notifications"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// monday is 10:00 in Chicago, while the team is open.
var monday = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// world is a bell, a mail server, and a team of three: Ann works in the
// morning, Bob in the afternoon, and Max is their manager.
type world struct {
	*notifications.Notifier
	t             *testing.T
	db            *sqlx.DB
	box           *mailbox.Server
	config        notifications.Config
	company, team string
	ann, bob, max string
	contact       string
}

func newWorld(t *testing.T) *world {
	t.Parallel()
	db := testdb.New(t)
	box := mailbox.New(nil)
	smtp, err := box.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(box.Close)
	server, err := mail.New(mail.Config{URL: smtp, From: "ringback@example.com"})
	require.NoError(t, err)
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	w := &world{t: t, db: db, box: box, company: uuid.NewString(), contact: uuid.NewString()}
	w.config = notifications.Config{
		DB: db, Clock: clocktest.StoppedAt(monday), Settings: settings.NewCache(), Key: key, Mail: server, Log: slog.New(slog.DiscardHandler),
		PublicURL: func() string { return "https://ringback.example.com" },
	}
	w.Notifier = notifications.New(w.config)
	w.exec(`insert into companies (id, name) values ($1, 'Green Valley')`, w.company)
	w.exec(`insert into contacts (company_id, id, name) values ($1, $2, 'Carla <b> Jensen')`, w.company, w.contact)
	team := settings.NewTeam()
	team.Name, team.TimeZone, team.EscalateAfterMinutes = "Service", "America/Chicago", 0
	made, err := settings.CreateTeam(t.Context(), db, w.company, "test", team)
	require.NoError(t, err)
	w.team = made.ID
	w.ann, w.bob, w.max = w.hire("ann", settings.RoleAdvisor), w.hire("bob", settings.RoleAdvisor), w.hire("max", settings.RoleManager)
	w.shift("2026-01-05T08:00", "2026-01-05T12:00", w.ann)
	w.shift("2026-01-05T12:00", "2026-01-05T17:00", w.bob)
	return w
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(query, args...)
	require.NoError(w.t, err)
}

func (w *world) hire(name, role string) string {
	w.t.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", role, []string{w.team}
	made, err := settings.CreateMember(w.t.Context(), w.db, w.company, "test", m)
	require.NoError(w.t, err)
	return made.ID
}

// shift is one of every weekday.
func (w *world) shift(from, to string, who ...string) {
	w.t.Helper()
	_, err := settings.EditTeam(w.t.Context(), w.db, w.company, w.team, "test", func(e *settings.Edit) error {
		s, rule := settings.NewSchedule(), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
		s.Title, s.TimeZone, s.RRule, s.StartsAt, s.EndsAt, s.Advisors = "Shift", "America/Chicago", &rule, from, to, who
		_, err := e.AddSchedule(w.t.Context(), s)
		return err
	})
	require.NoError(w.t, err)
}

// ticket opens one of a number; assignee may be empty.
func (w *world) ticket(number int, assignee string) string {
	w.t.Helper()
	id := uuid.NewString()
	w.exec(`insert into tickets (company_id, id, team_id, contact_id, number, kind, assignee, opened_at)
		values ($1, $2, $3, $4, $5, 'message', nullif($6, '')::uuid, $7)`, w.company, id, w.team, w.contact, number, assignee, w.Clock.Now())
	return id
}

func (w *world) notice(kind, ticket, text string) notifications.Notice {
	return notifications.Notice{
		CompanyID: w.company, TeamID: w.team, TicketID: ticket, Kind: kind, DedupeKey: uuid.NewString(), At: w.Clock.Now(),
		About: notifications.About{Text: text, From: "+13125550142"},
	}
}

func (w *world) happens(n notifications.Notice) {
	w.t.Helper()
	require.NoError(w.t, notifications.Tell(w.t.Context(), w.db, n))
}

// work does what is due and returns who got which letters since the last time.
func (w *world) work() []string {
	w.t.Helper()
	before := len(w.box.Letters())
	require.NoError(w.t, w.Work(w.t.Context()))
	var got []string
	for _, l := range w.box.Letters()[before:] {
		name, _, _ := strings.Cut(l.To, "@")
		got = append(got, name+": "+l.Subject)
	}
	return got
}

// pass lets the time go by.
func (w *world) pass(d time.Duration) { w.Clock.Stop(w.Clock.Now().Add(d)) }

func (w *world) log(staff string) []notifications.LogEntry {
	w.t.Helper()
	lines, err := notifications.Log(w.t.Context(), w.db, w.company, staff, "", 50)
	require.NoError(w.t, err)
	return lines
}

func (w *world) choose(staff string, change func(*notifications.Choices)) {
	w.t.Helper()
	c, err := notifications.ChoicesOf(w.t.Context(), w.db, w.company, staff)
	require.NoError(w.t, err)
	change(&c)
	_, err = c.Save(w.t.Context(), w.db, w.company, staff)
	require.NoError(w.t, err)
}
