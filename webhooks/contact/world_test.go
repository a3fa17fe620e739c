package contact_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/webhooks/contact"
)

// monday noon in Chicago.
var noon = time.Date(2026, 6, 1, 17, 0, 0, 0, time.UTC)

// world is the contact page of one team: weekdays from 8 to 17 in Chicago.
type world struct {
	*testing.T
	db    *sqlx.DB
	clock *clock.Clock
	base  string
	path  string
	team  settings.Team
	woken int
	pages *contact.Contact

	router *gin.Engine
	log    strings.Builder
}

func newWorld(t *testing.T, company, name string, senders ...settings.Sender) *world {
	t.Helper()
	t.Parallel()
	gin.SetMode(gin.TestMode)
	w := &world{T: t, db: testdb.New(t), clock: clocktest.StoppedAt(noon)}
	owner, err := settings.EnsureCompany(t.Context(), w.db, company)
	require.NoError(t, err)
	_, err = settings.RenameCompany(t.Context(), w.db, owner.ID, "test", company)
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.DisplayName, team.TimeZone = "Service", name, "America/Chicago"
	w.team, err = settings.CreateTeam(t.Context(), w.db, owner.ID, "test", team)
	require.NoError(t, err)
	weekly := "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	_, err = settings.EditTeam(t.Context(), w.db, owner.ID, w.team.ID, "test", func(e *settings.Edit) error {
		for _, one := range senders {
			if _, err := e.AddSender(t.Context(), one); err != nil {
				return err
			}
		}
		_, err := e.AddSchedule(t.Context(), settings.Schedule{
			Title: "Weekdays", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00", RRule: &weekly, TimeZone: team.TimeZone, Enabled: true,
		})
		return err
	})
	require.NoError(t, err)
	pages, err := contact.New(contact.Config{
		DB: w.db, Clock: w.clock, Log: slog.New(slog.NewTextHandler(&w.log, nil)), PublicURL: func() string { return "https://texts.example.com" },
		Wake: func() { w.woken++ }, Changed: func(gateway.Change) {},
	})
	require.NoError(t, err)
	w.pages, w.router = pages, gin.New()
	pages.Mount(w.router)
	server := httptest.NewServer(w.router)
	t.Cleanup(server.Close)
	w.base, w.path = server.URL, "/c/"+w.team.ID
	return w
}

func text(address string) settings.Sender {
	return settings.Sender{Kind: channels.SMS, Address: address}
}

// page is what a browser got.
type page struct {
	Status int
	Header http.Header
	Text   string
}

func (w *world) do(method, path string, body io.Reader, headers ...string) page {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), method, w.base+path, body)
	require.NoError(w, err)
	for n := 0; n < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	require.NoError(w, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(w, err)
	return page{answer.StatusCode, answer.Header, string(text)}
}

func (w *world) get(path string, headers ...string) page { return w.do("GET", path, nil, headers...) }

func (w *world) post(fields ...string) page {
	w.Helper()
	form := url.Values{}
	for n := 0; n < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	return w.do("POST", w.path, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

// texts is what customers wrote, in its order.
func (w *world) texts() []string {
	w.Helper()
	found := []string{}
	require.NoError(w, w.db.Select(&found, `select m.text from messages m join tickets t on t.company_id = m.company_id and t.id = m.ticket_id
		where t.kind = 'web' order by m.seq`))
	return found
}
