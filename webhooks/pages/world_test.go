package pages_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/contacts"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/webhooks/pages"
	"ringback/webhooks/web/assets"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// world is the pages of one team with one customer's ticket.
type world struct {
	*testing.T
	db     *sqlx.DB
	clock  *clock.Clock
	media  *media.Archive
	pages  *pages.Pages
	base   string
	router http.Handler
	log    *strings.Builder
	team   settings.Team
	ticket tickets.NewTicket
	ann    settings.Member
}

func newWorld(t *testing.T, changes ...func(*pages.Config)) *world {
	t.Helper()
	t.Parallel()
	gin.SetMode(gin.TestMode)
	w := &world{T: t, db: testdb.New(t), clock: clocktest.StoppedAt(noon), log: &strings.Builder{}}
	company, err := settings.EnsureCompany(t.Context(), w.db, "Green Valley")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	w.team, err = settings.CreateTeam(t.Context(), w.db, company.ID, "test", team)
	require.NoError(t, err)
	var sender settings.Sender
	_, err = settings.EditTeam(t.Context(), w.db, company.ID, w.team.ID, "test", func(e *settings.Edit) (err error) {
		sender, err = e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: "+15005550006"})
		return err
	})
	require.NoError(t, err)
	w.ann = settings.NewMember()
	w.ann.Name, w.ann.Email, w.ann.Role, w.ann.Teams = "Ann", "ann@example.com", settings.RoleAdvisor, []string{w.team.ID}
	w.ann, err = settings.CreateMember(t.Context(), w.db, company.ID, "test", w.ann)
	require.NoError(t, err)
	tx := w.db.MustBegin()
	c, err := contacts.FindOrCreate(t.Context(), tx, company.ID, w.team.ID, sender.ID, channels.SMS, "+12025550100", "Anna")
	require.NoError(t, err)
	w.ticket = tickets.NewTicket{CompanyID: company.ID, TeamID: w.team.ID, ContactID: c.ID, SenderID: sender.ID, Kind: "message", OpenedAt: noon, Assignee: w.ann.ID}
	require.NoError(t, w.ticket.Open(t.Context(), tx))
	require.NoError(t, tx.Commit())

	disk, err := blob.NewDisk(t.TempDir())
	require.NoError(t, err)
	config := pages.Config{DB: w.db, Clock: w.clock, Log: slog.New(slog.NewTextHandler(w.log, nil)), PublicURL: func() string { return w.base }}
	config.Media = media.New(media.Config{
		DB: w.db, Blobs: disk, Clock: w.clock, PublicURL: config.PublicURL, Key: []byte("a key for tests of thirty-two b."), Log: config.Log,
	})
	for _, change := range changes {
		change(&config)
	}
	w.media = config.Media
	customers, err := pages.New(config)
	require.NoError(t, err)
	w.pages = customers
	router := gin.New()
	customers.Mount(router)
	assets.Mount(router)
	w.router = router
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	w.base = server.URL
	return w
}

// ask makes a request of a kind and returns the path of its page.
func (w *world) ask(kind string, changes ...func(*requests.Request)) string {
	w.Helper()
	token, hash := requests.NewToken()
	r := requests.Request{
		CompanyID: w.ticket.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: w.team.ID, ContactID: w.ticket.ContactID, TicketID: w.ticket.ID,
		Kind: kind, TokenHash: hash, Advisor: &w.ann.ID, Channel: "sms", AskedAt: w.clock.Now(), ExpiresAt: w.clock.Now().Add(requests.Life),
	}
	for _, change := range changes {
		change(&r)
	}
	require.NoError(w, r.Insert(w.Context(), w.db))
	return "/r/" + token
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
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(w, err)
	return page{answer.StatusCode, answer.Header, string(text)}
}

func (w *world) get(path string) page { return w.do("GET", path, nil) }

func (w *world) post(path string, fields ...string) page {
	form := url.Values{}
	for n := 0; n < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	return w.do("POST", path, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

// stored is how the newest request stands, with its answer.
func (w *world) stored() (string, requests.Answer) {
	w.Helper()
	var row struct {
		State  string
		Answer *string
	}
	require.NoError(w, w.db.Get(&row, `select state, answer::text as answer from requests order by asked_at desc, id desc limit 1`))
	var a requests.Answer
	if row.Answer != nil {
		require.NoError(w, json.Unmarshal([]byte(*row.Answer), &a))
	}
	return row.State, a
}

// lines is what the ticket's timeline says of its requests and changes.
func (w *world) lines() []string {
	w.Helper()
	var lines []string
	require.NoError(w, w.db.Select(&lines, `select trim(change || ' ' || detail) from ticket_changes order by at, id`))
	return lines
}

func (w *world) count(query string, args ...any) int {
	w.Helper()
	var n int
	require.NoError(w, w.db.Get(&n, query, args...))
	return n
}
