package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/live"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/webhooks/chat"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const site = "https://www.example.com"

// world is a chat that stands on a company's site, whose keys are "old" and "new".
type world struct {
	db      *sqlx.DB
	router  *gin.Engine
	clock   *clock.Clock
	hub     *live.Hub
	keys    [][]byte
	mu      sync.Mutex
	told    []channels.Event
	company string
	log     strings.Builder // what the doors say
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: testdb.New(t), clock: clocktest.StoppedAt(noon), keys: [][]byte{[]byte("new-key-of-32-bytes-and-a-little"), []byte("old-key-of-32-bytes-and-a-little")}}
	company, err := settings.EnsureCompany(t.Context(), w.db, "GVE")
	require.NoError(t, err)
	w.company = company.ID
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	team, err = settings.CreateTeam(t.Context(), w.db, w.company, "test", team)
	require.NoError(t, err)
	_, err = settings.EditTeam(t.Context(), w.db, w.company, team.ID, "test", func(e *settings.Edit) error {
		for _, key := range []string{"site", "other"} {
			if _, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WebChat, Address: key, Settings: settings.SenderSettings{Origins: []string{site}}}); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	gin.SetMode(gin.TestMode)
	w.router = gin.New()
	log := slog.New(slog.DiscardHandler)
	w.hub = live.New(w.db, log)
	disk, err := blob.NewDisk(t.TempDir())
	require.NoError(t, err)
	home := func() string { return "https://texts.example.com" }
	chat.Mount(w.router, chat.Config{
		DB: w.db, Clock: w.clock, Hub: w.hub, Log: slog.New(slog.NewTextHandler(&w.log, nil)), PublicURL: home,
		Media:   media.New(media.Config{DB: w.db, Blobs: disk, Clock: w.clock, PublicURL: home, Key: []byte("a key for tests of thirty-two b."), Log: log}),
		Secrets: func(context.Context, string, string) ([][]byte, error) { return w.keys, nil },
		Receive: func(_ context.Context, told []channels.Event) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, told...)
			return nil
		},
		Wake: func() {},
	})
	return w
}

// ask is a request of a widget, with the answer's status and body.
func (w *world) ask(t *testing.T, method, path, token, origin string, body any) (int, map[string]any, http.Header) {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	r := httptest.NewRequestWithContext(t.Context(), method, "/chat/v1/"+path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, r)
	answer := map[string]any{}
	_ = json.Unmarshal(rec.Body.Bytes(), &answer)
	return rec.Code, answer, rec.Header()
}

// enters is a browser that begins, as somebody when identity is set.
func (w *world) enters(t *testing.T, key, before, identity string) (status int, token, visitor string) {
	t.Helper()
	body := map[string]any{}
	if identity != "" {
		body["identity"] = identity
	}
	status, answer, _ := w.ask(t, http.MethodPost, key+"/visitors", before, site, body)
	token, _ = answer["token"].(string)
	visitor, _ = answer["visitor"].(string)
	return status, token, visitor
}

var tokens atomic.Int64

// claims are those of a good token for a minute, of its own name.
func claims(change func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{"sub": "customer-7", "exp": noon.Add(time.Minute).Unix(), "jti": fmt.Sprintf("token-%08d", tokens.Add(1)), "name": "Joe"}
	if change != nil {
		change(c)
	}
	return c
}

func (w *world) signed(t *testing.T, c jwt.MapClaims, method jwt.SigningMethod, key any) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(method, c).SignedString(key)
	require.NoError(t, err)
	return signed
}

func (w *world) good(t *testing.T, change func(jwt.MapClaims)) string {
	t.Helper()
	return w.signed(t, claims(change), jwt.SigningMethodHS256, w.keys[0])
}

// TestWhoASiteVouchesFor: a token in, whether its bearer comes in. One that
// does not hold is refused: nobody becomes a stranger by it.
func TestWhoASiteVouchesFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := func(name string, value any) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) { c[name] = value }
	}
	without := func(name string) func(jwt.MapClaims) { return func(c jwt.MapClaims) { delete(c, name) } }
	good := w.good(t, nil)
	head, body, _ := strings.Cut(good, ".")
	payload, _, _ := strings.Cut(body, ".")
	for name, c := range map[string]struct {
		token string
		want  int
	}{
		"a good one":                 {w.good(t, nil), http.StatusCreated},
		"signed with the old key":    {w.signed(t, claims(nil), jwt.SigningMethodHS256, w.keys[1]), http.StatusCreated},
		"with a number":              {w.good(t, set("phone", "+13125550142")), http.StatusCreated},
		"without a name":             {w.good(t, without("name")), http.StatusCreated},
		"of clocks that differ":      {w.good(t, set("exp", noon.Add(-29*time.Second).Unix())), http.StatusCreated},
		"a day long":                 {w.good(t, set("exp", noon.Add(24*time.Hour).Unix())), http.StatusCreated},
		"expired":                    {w.good(t, set("exp", noon.Add(-31*time.Second).Unix())), http.StatusForbidden},
		"longer than a day":          {w.good(t, set("exp", noon.Add(24*time.Hour+time.Second).Unix())), http.StatusForbidden},
		"for ever":                   {w.good(t, without("exp")), http.StatusForbidden},
		"not yet":                    {w.good(t, set("nbf", noon.Add(time.Minute).Unix())), http.StatusForbidden},
		"of nobody":                  {w.good(t, set("sub", "")), http.StatusForbidden},
		"of somebody very long":      {w.good(t, set("sub", strings.Repeat("x", 201))), http.StatusForbidden},
		"without a name of its own":  {w.good(t, without("jti")), http.StatusForbidden},
		"a name of two lines":        {w.good(t, set("name", "Joe\nSmith")), http.StatusForbidden},
		"no number":                  {w.good(t, set("phone", "555-0142")), http.StatusForbidden},
		"another key":                {w.signed(t, claims(nil), jwt.SigningMethodHS256, []byte("a-key-that-somebody-has-made-up.")), http.StatusForbidden},
		"no signature":               {w.signed(t, claims(nil), jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), http.StatusForbidden},
		"another way of signing":     {w.signed(t, claims(nil), jwt.SigningMethodHS512, w.keys[0]), http.StatusForbidden},
		"the signature left out":     {head + "." + payload + ".", http.StatusForbidden},
		"no token at all":            {"customer-7", http.StatusForbidden},
		"longer than a token may be": {w.good(t, set("name", strings.Repeat("x", 5000))), http.StatusUnprocessableEntity},
	} {
		status, token, _ := w.enters(t, "site", "", c.token)
		require.Equal(t, c.want, status, name)
		require.Equal(t, c.want == http.StatusCreated, token != "", name)
	}
	w.keys = nil
	status, _, _ := w.enters(t, "site", "", good)
	require.Equal(t, http.StatusForbidden, status, "a chat without a key believes nobody")
}

// TestATokenLetsInOnce, also when it comes many times at once: a copy of the
// page is no key.
func TestATokenLetsInOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.good(t, nil)
	var in atomic.Int32
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if status, _, _ := w.enters(t, "site", "", token); status == http.StatusCreated {
				in.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, in.Load())
}

// TestSomebodyKnownIsOneVisitor on all their devices, of one chat; and what
// their browser wrote before becomes theirs.
func TestSomebodyKnownIsOneVisitor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, first, id := w.enters(t, "site", "", w.good(t, nil))
	_, second, again := w.enters(t, "site", "", w.good(t, nil))
	require.Equal(t, id, again)
	require.NotEqual(t, first, second, "each browser has a token of its own")
	_, _, another := w.enters(t, "site", "", w.good(t, func(c jwt.MapClaims) { c["sub"] = "customer-8" }))
	require.NotEqual(t, id, another)
	_, _, elsewhere := w.enters(t, "other", "", w.good(t, nil))
	require.NotEqual(t, id, elsewhere, "another site's customer 7 is somebody else")
	w.enters(t, "site", "", w.good(t, func(c jwt.MapClaims) { c["phone"] = "+13125550142" }))
	var persons []string
	require.NoError(t, w.db.Select(&persons, `select string_agg(kind, ' ' order by kind) from addresses where company_id = $1 group by contact_id order by 1`, w.company))
	require.Equal(t, []string{"phone visitor", "visitor", "visitor"}, persons, "with their number they are one person")
	var name string
	require.NoError(t, w.db.Get(&name, `select c.name from contacts c join addresses a on a.contact_id = c.id where a.address = $1`, id))
	require.Equal(t, "Joe", name)
}

// TestTwoWhomTheSiteKnowsStayTwo: on one machine one signs out of the site and another in,
// and what the browser was before is somebody already.
func TestTwoWhomTheSiteKnowsStayTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, seven, first := w.enters(t, "site", "", w.good(t, nil))
	w.said(t, first, "customer", "Of seven", nil)
	status, eight, second := w.enters(t, "site", seven, w.good(t, func(c jwt.MapClaims) { c["sub"] = "customer-8" }))
	require.Equal(t, http.StatusCreated, status)
	require.NotEqual(t, first, second)
	w.said(t, second, "customer", "Of eight", nil)
	for token, want := range map[string][]string{seven: {"Of seven"}, eight: {"Of eight"}} {
		_, answer, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
		require.Equal(t, want, texts(answer))
	}
	var people int
	require.NoError(t, w.db.Get(&people, `select count(distinct contact_id) from addresses where address = $1 or address = $2`, first, second))
	require.Equal(t, 2, people)
}

// TestOnWhichSitesAChatStands: those that its sender names, our own, and no
// others; no site may read what another's visitor is told.
func TestOnWhichSitesAChatStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for origin, want := range map[string]int{
		site: http.StatusOK, "https://texts.example.com": http.StatusOK, "": http.StatusOK,
		"https://evil.example": http.StatusForbidden, "http://www.example.com": http.StatusForbidden, "https://www.example.com:8443": http.StatusForbidden,
		"https://example.com": http.StatusForbidden, "null": http.StatusForbidden,
	} {
		status, _, header := w.ask(t, http.MethodGet, "site", "", origin, nil)
		require.Equal(t, want, status, origin)
		require.Equal(t, "Origin", header.Get("Vary"))
		require.Equal(t, "no-store", header.Get("Cache-Control"))
		allowed := ""
		if want == http.StatusOK {
			allowed = origin
		}
		require.Equal(t, allowed, header.Get("Access-Control-Allow-Origin"), origin)
	}
	status, _, _ := w.ask(t, http.MethodGet, "nobody", "", site, nil)
	require.Equal(t, http.StatusNotFound, status)
}

// TestABrowserIsKnownByItsToken, in its own chat alone, and by nothing else.
func TestABrowserIsKnownByItsToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	for _, c := range []struct {
		key, token string
		want       int
	}{
		{"site", token, http.StatusOK},
		{"site", "", http.StatusUnauthorized},
		{"site", visitor, http.StatusUnauthorized},
		{"site", token + "x", http.StatusUnauthorized},
		{"other", token, http.StatusUnauthorized},
	} {
		status, _, _ := w.ask(t, http.MethodGet, c.key+"/messages", c.token, site, nil)
		require.Equal(t, c.want, status, "%s %s", c.key, c.token)
	}
	var shown int
	require.NoError(t, w.db.Get(&shown, `select count(*) from visitors v where v::text like '%' || $1 || '%'`, token))
	require.Zero(t, shown, "who reads the table is nobody's browser")
}

// TestATokenEnds when it is not used for long, and after a year in any case.
func TestATokenEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, visitor, _ := w.enters(t, "site", "", "")
	_, device, _ := w.enters(t, "site", "", w.good(t, func(jwt.MapClaims) {}))
	_, lost, _ := w.enters(t, "site", "", "")
	passed := 0
	for _, c := range []struct{ days, want int }{
		{89, http.StatusOK}, {178, http.StatusOK}, {267, http.StatusOK}, {356, http.StatusOK}, {366, http.StatusUnauthorized},
	} {
		for _, table := range []string{"visitors", "visitor_tokens"} {
			_, err := w.db.Exec(`update `+table+` set ends_at = ends_at - make_interval(days => $1), created_at = created_at - make_interval(days => $1)`, c.days-passed)
			require.NoError(t, err)
		}
		passed = c.days
		for name, token := range map[string]string{"visitor": visitor, "device": device} {
			status, _, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
			require.Equal(t, c.want, status, "%s after %d days", name, c.days)
		}
		if c.days == 178 {
			status, _, _ := w.ask(t, http.MethodGet, "site/messages", lost, site, nil)
			require.Equal(t, http.StatusUnauthorized, status, "it was never used")
		}
	}
}

// TestAVisitorHasFewStreams open at once, however many they ask for.
func TestAVisitorHasFewStreams(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	server := httptest.NewServer(w.router)
	t.Cleanup(server.Close)
	open, refused := 0, 0
	for range 15 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/chat/v1/site/stream", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Origin", site)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		t.Cleanup(func() { _ = answer.Body.Close() })
		switch answer.StatusCode {
		case http.StatusOK:
			open++
		case http.StatusTooManyRequests:
			refused++
		}
	}
	require.Equal(t, []int{10, 5}, []int{open, refused})
}

// TestWhatIsWrittenIsAnEvent of the visitor's, by the message's own id: the
// same sent twice is the same event.
func TestWhatIsWrittenIsAnEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	for range 2 {
		status, _, _ := w.ask(t, http.MethodPost, "site/messages", token, site, map[string]any{"id": "0192e4a0-0000-7000-8000-000000000001", "text": "Hello <b>"})
		require.Less(t, status, 300)
	}
	require.Len(t, w.told, 2)
	require.Equal(t, w.told[0].ProviderID, w.told[1].ProviderID)
	e := w.told[0]
	require.Equal(t, []any{channels.MessageReceived, channels.WebChat, "site", visitor, "Hello <b>"}, []any{e.Kind, e.Sender, e.SenderAddress, e.CustomerAddress, e.Message.Text})
	require.True(t, e.At.Equal(noon))
	for name, body := range map[string]any{
		"nothing": map[string]any{"id": "0192e4a0-0000-7000-8000-000000000002", "text": " "}, "too much": map[string]any{"id": "0192e4a0-0000-7000-8000-000000000003", "text": strings.Repeat("x", 4001)},
		"no object": []string{"x"}, "another type": map[string]any{"id": "0192e4a0-0000-7000-8000-000000000004", "text": 5},
	} {
		status, answer, _ := w.ask(t, http.MethodPost, "site/messages", token, site, body)
		require.GreaterOrEqual(t, status, 400, name)
		require.Less(t, status, 500, name)
		require.NotEmpty(t, answer, name)
	}
	require.Len(t, w.told, 2)
}
