package console_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	maildoor "ringback/channels/mail"
	"ringback/channels/simulator"
	"ringback/channels/simulator/mailbox"
	"ringback/gateway"
	"ringback/gateway/drafts"
	"ringback/gateway/inbox"
	"ringback/gateway/live"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/api"
	"ringback/webhooks/console"
	"ringback/webhooks/web/limit"
	"ringback/webhooks/web/session"
)

const password = "a horse, a battery"

// browser is somebody's, at the pages of a company where nobody can sign in yet.
type browser struct {
	// What Meta says of the templates there.
	atMeta    []channels.Approval
	metaFault error
	mail      *mailbox.Server

	*http.Client
	t     *testing.T
	base  string
	db    *sqlx.DB
	gate  session.Gate
	team  string
	clock *clock.Clock
	bell  *notifications.Notifier
	hub   *live.Hub

	drafts *drafts.Writer // who is asked for suggestions: nobody
	asked  *limit.Limiter
	wiring wiring
}

func newBrowser(t *testing.T, identity ...staff.Identity) *browser {
	t.Parallel()
	gin.SetMode(gin.TestMode)
	b := &browser{t: t, db: testdb.New(t), clock: clocktest.Running(t)}
	company, err := settings.EnsureCompany(t.Context(), b.db, "My company")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "UTC"
	team, err = settings.CreateTeam(t.Context(), b.db, company.ID, "test", team)
	require.NoError(t, err)
	b.team = team.ID
	secret, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	engine := gin.New()
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	b.base = server.URL
	b.gate = session.Gate{Gate: staff.Gate{DB: b.db, Company: company.ID, PublicURL: func() string { return b.base }, Key: secret}}
	b.mail = mailbox.New(nil)
	smtp, err := b.mail.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(b.mail.Close)
	post, err := maildoor.New(maildoor.Config{URL: smtp, From: "ringback@example.com"})
	require.NoError(t, err)
	b.gate.Mail = post
	for _, provider := range identity {
		b.gate.Identity = provider
	}
	blobs, err := blob.NewDisk(t.TempDir())
	require.NoError(t, err)
	archive := media.New(media.Config{
		DB: b.db, Blobs: blobs, Clock: b.clock, Log: slog.New(slog.DiscardHandler), PublicURL: func() string { return b.base },
	})
	vault := &settings.Vault{Key: secret}
	trials := gateway.New(gateway.Config{ // not started: it handles nothing but trials
		Accounts: settings.Accounts{Vault: vault, DB: b.db}, Channels: []channels.Channel{&b.wiring},
		DB: b.db, Clock: b.clock, Settings: settings.NewCache(), Log: slog.New(slog.DiscardHandler), PublicURL: func() string { return b.base },
	})
	b.bell = notifications.New(notifications.Config{
		DB: b.db, Clock: b.clock, Settings: settings.NewCache(), Key: secret, Mail: post, Log: slog.New(slog.DiscardHandler),
		PublicURL: func() string { return b.base },
	})
	b.drafts = &drafts.Writer{}
	desk := inbox.Desk{DB: b.db, Clock: b.clock, Gateway: trials, Media: archive, Notices: b.bell, Drafts: b.drafts, Company: company.ID, PublicURL: func() string { return b.base }}
	hooks := outboundhooks.New(outboundhooks.Config{DB: b.db, Key: secret})
	templates := func(context.Context, settings.Sender) ([]channels.Approval, error) { return b.atMeta, b.metaFault }
	b.asked = limit.New()
	api.Mount(engine, api.Config{
		Asked: b.asked,
		DB:    b.db, Clock: b.clock, Vault: vault, Company: company.ID, PublicURL: func() string { return b.base },
		Templates: templates, Inbox: desk, Hooks: hooks, Identity: b.gate.Identity, Mail: post,
	})
	b.hub = live.New(b.db, slog.New(slog.DiscardHandler))
	pages, err := console.New(console.Config{
		Clock: b.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Gate: b.gate, Live: b.hub, Inbox: desk,
		Vault: vault, Hooks: hooks, Templates: templates, Asked: b.asked,
	})
	require.NoError(t, err)
	pages.Mount(engine)
	engine.NoRoute(pages.Missing(api.NotFound))
	b.Client = anew(t)
	return b
}

// anew is a browser without a cookie, which tells where it is sent instead of
// going there.
func anew(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type page struct {
	status int
	header http.Header
	text   string
}

// takesAway are the paths of forms that ask once more; these browsers have answered,
// unless they say otherwise.
var takesAway = regexp.MustCompile(`/(delete|remove|end|revoke|erase|planned|cancel|sessions|disconnect|merge|join)(\?|$)|^/staff/[^/]*/second-factor$`)

func (b *browser) ask(method, path string, form url.Values, headers ...string) page {
	b.t.Helper()
	if form != nil && takesAway.MatchString(path) && !form.Has("sure") {
		form.Set("sure", "yes")
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	answer, err := b.Do(r)
	require.NoError(b.t, err)
	return read(b.t, answer)
}

func read(t *testing.T, answer *http.Response) page {
	t.Helper()
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return page{answer.StatusCode, answer.Header, string(raw)}
}

func (b *browser) get(path string) page { return b.ask("GET", path, nil) }

func (b *browser) post(path string, fields ...string) page {
	form := url.Values{}
	for n := 0; n < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	return b.ask("POST", path, form)
}

// leadsTo holds where the page leads, but for the word that something was saved, or can be undone.
func (p page) leadsTo(t *testing.T, where string) {
	t.Helper()
	require.Equal(t, http.StatusSeeOther, p.status, p.text)
	to, err := url.Parse(p.header.Get("Location"))
	require.NoError(t, err)
	if to.Fragment == "saved" || to.Fragment == "undo" {
		asked := to.Query()
		for _, said := range []string{"saved", "at", "undo"} {
			asked.Del(said)
		}
		to.RawQuery, to.Fragment = asked.Encode(), ""
	}
	require.Equal(t, where, to.String())
}

// begin makes the first admin and leaves the browser signed in as her.
func (b *browser) begin() {
	b.t.Helper()
	link, err := b.gate.Welcome(b.t.Context(), b.gate.Company)
	require.NoError(b.t, err)
	b.post("/welcome/"+path.Base(link.URL), "company", "Green Valley", "name", "Maria", "email", "maria@example.com", "password", password).leadsTo(b.t, "/")
}

func TestTheFirstAdminComesByTheLinkThatWasPrinted(t *testing.T) {
	b := newBrowser(t)
	b.get("/").leadsTo(t, "/sign-in?next=%2F")
	link, err := b.gate.Welcome(t.Context(), b.gate.Company)
	require.NoError(t, err)
	address := strings.TrimPrefix(link.URL, b.base)
	require.Regexp(t, `^/welcome/[A-Za-z0-9_-]{43}$`, address)
	for range 2 { // looking does not use it up
		shown := b.get(address)
		require.Equal(t, http.StatusOK, shown.status)
		require.NotContains(t, shown.text, "My company", "a stand-in is nothing to begin with")
	}
	wrong := b.post(address, "company", `"><script>alert(1)</script>`, "name", "", "email", "maria", "password", "short")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text, `value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"`, "nothing typed is lost")
	require.NotContains(t, wrong.text, "<script>alert")
	require.Contains(t, wrong.text, `id="name-fault">Enter a name`)
	require.Contains(t, wrong.text, `id="email-fault">Enter an email address`)
	require.Contains(t, wrong.text, `id="password-fault">Choose another one`)
	require.NotContains(t, wrong.text, `value="short"`)

	b.post(address, "company", "Green Valley", "name", "Maria", "email", "maria@example.com", "password", password).leadsTo(t, "/")
	require.Contains(t, b.get("/account").text, "maria@example.com")
	require.Contains(t, b.get("/account").text, "Green Valley")
	b.Client = anew(t)
	for _, gone := range []page{b.get(address), b.post(address, "password", password), b.get("/set-password/x"), b.get("/welcome/%00")} {
		require.Equal(t, http.StatusNotFound, gone.status)
		require.Contains(t, gone.text, "This link is not valid any more")
	}
}

func TestSigningInLeadsWhereOneWanted(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.Client = anew(t)
	b.get("/teams?cursor=x").leadsTo(t, "/sign-in?next=%2Fteams%3Fcursor%3Dx")
	wrong := b.post("/sign-in", "email", "Maria@example.com", "password", "wrong wrong", "next", "/teams")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text, "The email address or the password is wrong.")
	require.Contains(t, wrong.text, `value="Maria@example.com"`)
	require.Contains(t, wrong.text, `name="next" value="/teams"`)
	require.NotContains(t, wrong.text, "wrong wrong")
	for next, want := range map[string]string{
		"/teams": "/teams", "": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", "javascript:alert(1)": "/",
	} {
		b.Client = anew(t)
		b.post("/sign-in", "email", "maria@example.com", "password", password, "next", next).leadsTo(t, want)
		b.get("/sign-in?next="+url.QueryEscape(next)).leadsTo(t, want)
	}
	require.Equal(t, http.StatusOK, b.get("/teams").status)
	b.post("/sign-out").leadsTo(t, "/sign-in")
	b.get("/teams").leadsTo(t, "/sign-in?next=%2Fteams")
}

func TestTooManyTriesAreToldInWords(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.Client = anew(t)
	_, err := b.db.Exec(`update sign_in_tries set tries = 1000, since = now() - interval '12 minutes 30 seconds'`)
	require.NoError(t, err)
	b.post("/sign-in", "email", "maria@example.com", "password", "wrong wrong")
	_, err = b.db.Exec(`update sign_in_tries set tries = 1000, since = now() - interval '12 minutes 30 seconds'`)
	require.NoError(t, err)
	shut := b.post("/sign-in", "email", "maria@example.com", "password", password)
	require.Equal(t, http.StatusUnprocessableEntity, shut.status)
	require.Contains(t, shut.text, "Try again in 3 minutes.")
}

func TestTheAccountPage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	other := &browser{Client: anew(t), t: t, base: b.base}
	other.post("/sign-in", "email", "maria@example.com", "password", password).leadsTo(t, "/")
	wrong := b.post("/account/password", "old_password", "not mine at all", "password", "another horse")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text, `id="old-fault">That is not your password.`)
	wrong = b.post("/account/password", "old_password", password, "password", "password123")
	require.Contains(t, wrong.text, `id="password-fault">Choose another one`)
	b.post("/account/password", "old_password", password, "password", "another horse").leadsTo(t, "/account?changed=1#change")
	require.Contains(t, b.get("/account?changed=1#change").text, "Password changed.")
	other.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")

	b.post("/language", "language", "pl", "back", "/account").leadsTo(t, "/account")
	require.Contains(t, b.get("/account").text, `<html lang="pl">`)
	other.post("/sign-in", "email", "maria@example.com", "password", "another horse").leadsTo(t, "/")
	require.Contains(t, other.get("/account").text, `<html lang="pl">`, "it goes with the account")
	b.post("/language", "language", "", "back", "/account")
	require.Contains(t, b.get("/account").text, `<html lang="en">`)

	b.post("/sign-out", "everywhere", "1").leadsTo(t, "/sign-in")
	other.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
}

// TestTheLanguageLeadsBackToOurOwnPages, signed in or not.
func TestTheLanguageLeadsBackToOurOwnPages(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	for _, who := range []*browser{b, {Client: anew(t), t: t, base: b.base}} {
		for _, back := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "/\u00a0/evil.example", "", "/%zz"} {
			who.post("/language", "language", "en", "back", back).leadsTo(t, "/")
		}
	}
}

func TestAnotherSitesFormsDoNothing(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"}} {
		for _, path := range []string{"/sign-out", "/account/password", "/language", "/sign-in", "/welcome/x"} {
			p := b.ask("POST", path, url.Values{"everywhere": {"1"}, "email": {"mallory@example.com"}}, headers...)
			require.Equal(t, http.StatusForbidden, p.status, "%s %v", path, headers)
			require.Empty(t, p.header.Values("Set-Cookie"))
		}
	}
	require.Equal(t, http.StatusOK, b.get("/account").status, "still signed in")
}

func TestNobodyCanFrameOrKeepThesePages(t *testing.T) {
	b := newBrowser(t)
	for _, path := range []string{"/sign-in", "/welcome/x", "/set-password/x", "/account"} {
		h := b.get(path).header
		require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.Contains(t, h.Get("Content-Security-Policy"), "form-action 'self'", path)
		require.Equal(t, "no-store", h.Get("Cache-Control"), path)
		require.Equal(t, "same-origin", h.Get("Referrer-Policy"), path)
	}
	big := b.post("/sign-in", "email", strings.Repeat("x", 1<<20), "password", "x")
	require.Equal(t, http.StatusUnprocessableEntity, big.status)
}

func TestEveryLanguageSignsIn(t *testing.T) {
	b := newBrowser(t)
	for language, title := range map[string]string{"pl": "Zaloguj się", "de": "Anmelden", "fr": "Se connecter", "es": "Iniciar sesión", "it": "Accedi", "pt-BR": "Entrar"} {
		p := b.ask("GET", "/sign-in", nil, "Accept-Language", language)
		require.Contains(t, p.text, ">"+title+"</button>", language)
	}
}

func TestTheFirstAdminMakesTheFirstTeam(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	require.Contains(t, b.get("/teams").text, `href="/teams/new"`)
	require.Contains(t, b.get("/teams/new").text, `name="time_zone"`)
	wrong := b.post("/teams", "name", "", "display_name", "<b>Sales</b>", "time_zone", "Mars/Crater", "language", "de")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text, `id="name-fault">Enter a name`)
	require.Contains(t, wrong.text, `value="Mars/Crater"`)
	wrong = b.post("/teams", "name", "Sales", "display_name", "<b>Sales</b>", "time_zone", "Mars/Crater", "language", "de")
	require.Contains(t, wrong.text, `id="zone-fault">Choose one`)
	require.Contains(t, wrong.text, `value="&lt;b&gt;Sales&lt;/b&gt;"`)
	made := b.post("/teams", "name", "Sales", "display_name", "", "time_zone", "Europe/Warsaw", "language", "pl")
	require.Regexp(t, `^/teams/[0-9a-f-]{36}$`, made.header.Get("Location"))
	require.Contains(t, b.get("/teams").text, "Warsaw (Central European time)")
	require.Equal(t, "PL", b.get(made.header.Get("Location")+"/team").form(t, "team").Get("allowed_countries"))

	advisor := settings.NewMember()
	advisor.Name, advisor.Email, advisor.Role = "Ben", "ben@example.com", settings.RoleAdvisor
	advisor, err := settings.CreateMember(t.Context(), b.db, b.gate.Company, "test", advisor)
	require.NoError(t, err)
	link, err := b.gate.Invite(t.Context(), b.gate.Company, advisor.ID, "test")
	require.NoError(t, err)
	b.Client = anew(t)
	b.post(strings.TrimPrefix(link.URL, b.base), "password", password).leadsTo(t, "/")
	require.NotContains(t, b.get("/teams").text, "/teams/new")
	require.Equal(t, http.StatusForbidden, b.post("/teams", "name", "Mine", "time_zone", "UTC").status)
}

// TestStrangersWaitForEachOther: who has not signed in asks the database for what is
// everybody's, at the pages and over the API, and one network has a share of it. Who is
// signed in does not wait for them.
func TestStrangersWaitForEachOther(t *testing.T) {
	b := newBrowser(t)
	slow := limit.Pace{Burst: 200, Each: time.Hour} // a slow machine is to find nothing that came back meanwhile
	for range 150 {
		require.Zero(t, b.asked.Wait("stranger/127.0.0.1", slow))
	}
	b.begin()
	stranger := *b
	stranger.Client = anew(t)
	for n := 0; stranger.get("/set-password/a-guess").status != http.StatusTooManyRequests; n++ {
		require.Less(t, n, 50)
	}
	for _, path := range []string{"/sign-in", "/welcome/a-guess", "/set-password/a-guess"} {
		refused := stranger.get(path)
		require.Equal(t, http.StatusTooManyRequests, refused.status, path)
		require.NotEmpty(t, refused.header.Get("Retry-After"), path)
		require.Contains(t, refused.text, "Too many requests from your network", path)
	}
	answer, err := http.Get(b.base + "/api/v1/links/a-guess")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusTooManyRequests, answer.StatusCode)
	require.NotEmpty(t, answer.Header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, b.get("/teams/"+b.team+"/tickets").status, "who is known is no stranger")
}
