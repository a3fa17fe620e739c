package calendars_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/calendars"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// world is a company with a team, and a site with calendars.
type world struct {
	t      *testing.T
	db     *sqlx.DB
	team   settings.Team
	clock  *clock.Clock
	site   *httptest.Server
	answer http.HandlerFunc
	reader *calendars.Reader
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, db: testdb.New(t), clock: clocktest.Stopped(t)}
	w.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	company, err := settings.EnsureCompany(t.Context(), w.db, "Green Valley")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	w.team, err = settings.CreateTeam(t.Context(), w.db, company.ID, "test", team)
	require.NoError(t, err)
	w.site = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.answer(rw, r) }))
	t.Cleanup(w.site.Close)
	client := w.site.Client() // which trusts the site as example.com
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, w.site.Listener.Addr().String())
	}
	w.reader = calendars.New(calendars.Config{DB: w.db, Clock: w.clock, Client: client, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	return w
}

func (w *world) of(team bool) settings.HolidaysOf {
	if team {
		return settings.HolidaysOf{Company: w.team.CompanyID, Team: w.team.ID}
	}
	return settings.HolidaysOf{Company: w.team.CompanyID}
}

func (w *world) subscribe(of settings.HolidaysOf) string {
	w.t.Helper()
	feed := "https://example.com/us.ics"
	h, err := settings.AddHoliday(w.t.Context(), w.db, of, "Ann", settings.Holiday{Title: "Public holidays", Feed: &feed})
	require.NoError(w.t, err)
	return h.ID
}

// read has the calendar read now, whenever it is due.
func (w *world) read(of settings.HolidaysOf, id string) settings.HolidayCalendar {
	w.t.Helper()
	_, err := w.db.Exec(`update holidays set due_at = now() where id = $1`, id)
	require.NoError(w.t, err)
	require.NoError(w.t, w.reader.Work(w.t.Context()))
	h, err := settings.FindHoliday(w.t.Context(), w.db, of, id)
	require.NoError(w.t, err)
	return *h.Calendar
}

func (w *world) open(at string) bool {
	w.t.Helper()
	then, err := time.Parse(time.RFC3339, at)
	require.NoError(w.t, err)
	team, err := settings.Load(w.t.Context(), w.db, w.team.CompanyID, w.team.ID)
	require.NoError(w.t, err)
	return team.Schedules.At(then).Open
}

func (w *world) version() int64 {
	w.t.Helper()
	team, err := settings.FindTeam(w.t.Context(), w.db, w.team.CompanyID, w.team.ID)
	require.NoError(w.t, err)
	return team.Version
}

func says(days ...string) http.HandlerFunc {
	file := "BEGIN:VCALENDAR\r\n"
	for _, day := range days {
		file += "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:" + day + "\r\nSUMMARY:Holiday " + day + "\r\nEND:VEVENT\r\n"
	}
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, file+"END:VCALENDAR\r\n") }
}

const thanksgivingIsOver, christmas, newYear = "2026-11-26T16:00:00Z", "2026-12-25T16:00:00Z", "2027-01-01T16:00:00Z"

// TestACalendarThatFailsOpensAndClosesNothing: whatever comes in place of a
// calendar, the last good copy stays, and since when it fails is known.
func TestACalendarThatFailsOpensAndClosesNothing(t *testing.T) {
	for _, team := range []bool{true, false} {
		t.Run(fmt.Sprintf("of a team %t", team), func(t *testing.T) {
			w := newWorld(t)
			of := w.of(team)
			id, before := w.subscribe(of), w.version()
			w.answer = says("20261225", "20270101")
			read := w.read(of, id)
			require.Len(t, read.Days, 2)
			require.NotNil(t, read.FetchedAt)
			require.Greater(t, w.version(), before, "every replica takes it up")
			require.False(t, w.open(christmas))
			require.False(t, w.open(newYear))
			good, stands := read.Days, w.version()

			failed := w.clock.Now().Add(time.Hour)
			for name, answer := range map[string]http.HandlerFunc{
				"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
				"gone":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
				"a page":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Log in</html>") },
				"half a file": func(w http.ResponseWriter, _ *http.Request) {
					_, _ = io.WriteString(w, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261231\r\n")
				},
				"cut off": func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Length", "1000")
					_, _ = io.WriteString(w, "BEGIN:VCALENDAR\r\n")
				},
				"no days": says(),
				"no end": func(w http.ResponseWriter, _ *http.Request) {
					_, _ = io.WriteString(w, strings.Repeat("X:x\r\n", 1<<20))
				},
				"led inside": func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "https://127.0.0.1/", http.StatusFound)
				},
				"led on http": func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "http://example.com/", http.StatusFound)
				},
				"led astray": func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "https://example.com/", http.StatusFound)
				},
				"nothing": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			} {
				w.clock.Stop(w.clock.Now().Add(time.Hour))
				w.answer = answer
				read := w.read(of, id)
				require.Equal(t, good, read.Days, name)
				require.NotNil(t, read.FailingSince, name)
				require.WithinDuration(t, failed, *read.FailingSince, time.Second, "%s: the first of them", name)
				require.NotEmpty(t, read.Fault().Code, name)
				require.False(t, w.open(christmas), name)
			}
			require.Equal(t, stands, w.version(), "nothing is as if it had changed")
			w.answer = says("20261225")
			read = w.read(of, id)
			require.Nil(t, read.FailingSince)
			require.Len(t, read.Days, 1)
			require.True(t, w.open(newYear), "it was taken out of the calendar")
		})
	}
}

// A calendar names what is to come alone; what is over stays closed, or whoever
// was told so then would be told again.
func TestDaysThatAreOverStay(t *testing.T) {
	w := newWorld(t)
	w.clock.Stop(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	of := w.of(true)
	id := w.subscribe(of)
	w.answer = says("20261126", "20261225")
	w.read(of, id)
	w.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	w.answer = says("20261225")
	require.Len(t, w.read(of, id).Days, 2)
	require.False(t, w.open(thanksgivingIsOver))
	history, err := settings.ListHistory(t.Context(), w.db, w.team.CompanyID, w.team.ID, "", 1)
	require.NoError(t, err)
	require.Equal(t, []any{"calendar", "calendar", false}, []any{history[0].Who, history[0].What, history[0].CanRestore})
	require.JSONEq(t, `{"days": ["2026-11-26–2026-11-26 Holiday 20261126", "2026-12-25–2026-12-25 Holiday 20261225"]}`, string(*history[0].After), "once, when it came")
}

func TestAnAddressMayLeadOn(t *testing.T) {
	w := newWorld(t)
	of := w.of(true)
	id := w.subscribe(of)
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/us.ics" {
			http.Redirect(rw, r, "/2026.ics", http.StatusMovedPermanently)
			return
		}
		says("20261225")(rw, r)
	}
	require.Len(t, w.read(of, id).Days, 1)
}

// Another address, or none, is another calendar.
func TestAnotherAddressIsAnotherCalendar(t *testing.T) {
	w := newWorld(t)
	of := w.of(true)
	id := w.subscribe(of)
	w.answer = says("20261225")
	w.read(of, id)
	other := "https://example.com/pl.ics"
	h, err := settings.ChangeHoliday(t.Context(), w.db, of, "Ann", id, func(h *settings.Holiday) error { h.Feed = &other; return nil })
	require.NoError(t, err)
	require.Empty(t, h.Calendar.Days)
	require.True(t, w.open(christmas))
	day := "2026-12-25"
	h, err = settings.ChangeHoliday(t.Context(), w.db, of, "Ann", id, func(h *settings.Holiday) error { h.Feed, h.From = nil, &day; return nil })
	require.NoError(t, err)
	require.Nil(t, h.Calendar)
	require.NoError(t, w.reader.Work(t.Context()), "nothing is due")
	require.False(t, w.open(christmas))
}

// What leads into our own network is not called, whatever it is called.
func TestNobodysOwnNetworkIsRead(t *testing.T) {
	w := newWorld(t)
	id := w.subscribe(w.of(true))
	w.answer = func(http.ResponseWriter, *http.Request) { t.Error("it was called") }
	_, err := w.db.Exec(`update holidays set feed = $1`, w.site.URL)
	require.NoError(t, err)
	w.reader = calendars.New(calendars.Config{DB: w.db, Clock: w.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.Equal(t, "hook_inside", w.read(w.of(true), id).Fault().Code)
}
