package phone

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/meta"
	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
	"ringback/gateway"
	"ringback/gateway/health"
	"ringback/gateway/tickets"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/webhooks"
	"ringback/webhooks/web/assets"
)

const ours, ann, ben, dana = "+13125550100", "+13125550142", "+13125550143", "US.13491208655302741918"

// number is the phone number id of the team's WhatsApp.
const number = "100000000000001"

// world is a demo: a gateway, its provider, one team of Green Valley, and the
// phone page in a browser that keeps cookies.
type world struct {
	t     *testing.T
	db    *sqlx.DB
	clock *clock.Clock
	sim   *twiliosim.Simulator
	graph *meta.Simulator
	// Meta's API as the gateway calls it, and its token.
	channel *whatsapp.Channel
	secret  string
	url     string
	sender  settings.Sender
	client  *http.Client

	mu       sync.Mutex
	watchers []chan gateway.Change
}

func newWorld(t *testing.T, token string, changes ...func(*twiliosim.Config)) *world {
	t.Helper()
	t.Parallel() // most of them wait
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	w := &world{t: t, db: testdb.New(t), clock: clocktest.Running(t), client: &http.Client{Jar: jar}}
	log := slog.New(slog.DiscardHandler)
	company := w.company()

	played := twiliosim.Config{Clock: w.clock}
	for _, change := range changes {
		change(&played)
	}
	w.sim = twiliosim.New(played)
	t.Cleanup(w.sim.Close)
	provider := httptest.NewServer(w.sim)
	t.Cleanup(provider.Close)
	base, err := url.Parse(provider.URL)
	require.NoError(t, err)
	account, secret := w.sim.Credentials()
	public := func() string { return w.url }

	router := webhooks.NewRouter(log)
	page := httptest.NewServer(router)
	t.Cleanup(page.Close)
	t.Cleanup(page.CloseClientConnections) // runs first: open streams would keep it waiting
	w.url = page.URL
	w.graph = meta.New(meta.Config{AppSecret: secret, AccessToken: secret, Number: number, Clock: w.clock, Twice: true})
	t.Cleanup(w.graph.Close)
	graph := httptest.NewServer(w.graph)
	t.Cleanup(graph.Close)
	graphBase, err := url.Parse(graph.URL)
	require.NoError(t, err)
	w.channel, w.secret = whatsapp.New(whatsapp.Config{BaseURL: graphBase}), secret
	providers := []channels.Channel{twilio.New(twilio.Config{BaseURL: base}), w.channel}
	cache := settings.NewCache()
	accounts := settings.Accounts{DB: w.db, Vault: &settings.Vault{Environment: map[string]channels.Account{
		settings.Twilio: {ID: account, Secrets: []string{secret}}, settings.Meta: {Secrets: []string{secret, secret}},
	}}}
	directory := settings.NewDirectory(w.db, cache, accounts.Vault)
	require.NoError(t, directory.Learn(t.Context()))
	g := gateway.New(gateway.Config{
		Directory: directory,
		DB:        w.db, Clock: w.clock, Settings: cache, Channels: providers,
		Account: account, Accounts: accounts, PublicURL: public, Log: log, Changed: w.tell,
	})
	webhooks.Mount(router, webhooks.Config{
		Channels: providers, PublicURL: public, Clock: w.clock, Log: log,
		Secrets: directory.Signing, Receive: g.Receive, Call: g.Call, Ready: func(context.Context) ([]health.Note, error) { return nil, nil },
	})
	assets.Mount(router)
	Mount(router, Config{
		DB: w.db, Company: company, Simulator: w.sim, Clock: w.clock, MoveClock: g.MoveClock,
		Meta: w.graph, Customers: []Customer{{Name: "Ann", Number: ann}, {Name: "Ben", Number: ben}, {Name: "Dana", User: dana}}, Public: public,
		Token: token, Watch: w.watch, Log: log, Site: "http://site.example/at", Show: func(file string) string { return w.url + "/m/" + file },
	})
	g.Start()
	t.Cleanup(g.Stop)
	return w
}

// company has one team, open Monday to Friday from 8 to 17 in Chicago.
func (w *world) company() string {
	w.t.Helper()
	ctx := w.t.Context()
	company, err := settings.EnsureCompany(ctx, w.db, "Green Valley")
	require.NoError(w.t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	team, err = settings.CreateTeam(ctx, w.db, company.ID, "test", team)
	require.NoError(w.t, err)
	_, err = settings.EditTeam(ctx, w.db, company.ID, team.ID, "test", func(e *settings.Edit) error {
		all, err := e.Automations(ctx)
		if err != nil {
			return err
		}
		for i := range all {
			all[i].Enabled = all[i].Enabled || all[i].Key == automations.AfterHoursText
		}
		if err := e.SaveAutomations(ctx, all); err != nil {
			return err
		}
		if w.sender, err = e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: ours}); err != nil {
			return err
		}
		_, err = e.AddSender(ctx, settings.Sender{Kind: channels.WhatsAppCloud, Account: number, Address: ours})
		return err
	})
	require.NoError(w.t, err)
	return company.ID
}

// advise lets an advisor write to whoever has the team's newest ticket.
func (w *world) advise(words string, files ...string) {
	w.t.Helper()
	w.asks(words, files)
}

// asks is that with something to tap.
func (w *world) asks(words string, files []string, choices ...channels.Choice) {
	w.t.Helper()
	tx, err := w.db.BeginTxx(w.t.Context(), nil)
	require.NoError(w.t, err)
	defer func() { _ = tx.Rollback() }()
	var at struct{ Company, Team, Ticket string }
	require.NoError(w.t, tx.Get(&at, `select company_id as company, team_id as team, id as ticket from tickets order by number desc limit 1`))
	t, err := tickets.Lock(w.t.Context(), tx, at.Company, at.Team, at.Ticket)
	require.NoError(w.t, err)
	team, err := settings.Load(w.t.Context(), tx, at.Company, at.Team)
	require.NoError(w.t, err)
	_, err = t.Say(w.t.Context(), tx, team, tickets.Said{Text: words, Files: files, Who: "Tom", At: w.clock.Now()}, w.clock.Queue())
	require.NoError(w.t, err)
	if choices != nil {
		raw, err := json.Marshal(choices)
		require.NoError(w.t, err)
		_, err = tx.Exec(`update deliveries set choices = $1 where state = 'queued' and text = $2`, string(raw), words)
		require.NoError(w.t, err)
	}
	require.NoError(w.t, tx.Commit())
}

// keeps is a file that the team has, by its id.
func (w *world) keeps(kind, name string) string {
	w.t.Helper()
	id := uuid.NewString()
	_, err := w.db.Exec(`insert into media (company_id, id, team_id, state, content_type, name, who) values ($1, $2, $3, 'stored', $4, $5, 'Tom')`,
		w.sender.CompanyID, id, w.sender.TeamID, kind, name)
	require.NoError(w.t, err)
	return id
}

func (w *world) tell(c gateway.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, watcher := range w.watchers {
		select {
		case watcher <- c:
		default:
		}
	}
}

func (w *world) watch() (<-chan gateway.Change, func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	watcher := make(chan gateway.Change, 64)
	w.watchers = append(w.watchers, watcher)
	return watcher, func() {}
}

// form is Ann's order to the page, with some fields of its own.
func (w *world) form(fields ...string) url.Values {
	form := url.Values{"customer": {ann}, "sender": {w.sender.ID}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

// post sends a form as the page's script does, but for the headers given.
func (w *world) post(path string, form url.Values, headers ...string) (int, problem) {
	w.t.Helper()
	return w.send(path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded", headers...)
}

func (w *world) send(path string, body io.Reader, kind string, headers ...string) (int, problem) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+path, body)
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Accept", "application/json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := w.client.Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	var told problem
	if answer.Header.Get("Content-Type") == "application/problem+json" {
		require.NoError(w.t, json.NewDecoder(answer.Body).Decode(&told))
	}
	return answer.StatusCode, told
}

type problem struct {
	Detail string
	Errors []struct{ Field, Detail string }
}

// patience is how long a story may take before the test says what is missing.
const patience = time.Minute

// states reads the page's stream, which ends with the test.
func (w *world) states(fields ...string) func(holds func(string) bool) state {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	w.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/phone/stream?"+w.form(fields...).Encode(), nil)
	require.NoError(w.t, err)
	answer, err := w.client.Do(request)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = answer.Body.Close() })
	require.Equal(w.t, http.StatusOK, answer.StatusCode)
	require.Equal(w.t, "text/event-stream", answer.Header.Get("Content-Type"))
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	page := ""
	// The answer waits until the page as a whole says what is expected.
	return func(holds func(page string) bool) state {
		w.t.Helper()
		for lines.Scan() {
			data, is := strings.CutPrefix(lines.Text(), "data: ")
			if !is {
				continue
			}
			var s state
			require.NoError(w.t, json.Unmarshal([]byte(data), &s))
			page = strings.Join([]string{s.Parts["now"], s.Parts["provider"], s.Parts["thread"], s.Parts["chat"], s.Parts["call"], s.Parts["team"], s.Parts["story"]}, "\n")
			if holds(page) {
				return s
			}
		}
		require.FailNow(w.t, "the stream ended without it", "%v\n%s", lines.Err(), page)
		return state{}
	}
}

func says(words ...string) func(string) bool {
	return func(page string) bool {
		for _, one := range words {
			if !strings.Contains(page, one) {
				return false
			}
		}
		return true
	}
}
