package outboundhooks_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"ringback/channels/httpcall"
	"ringback/gateway/outboundhooks"
	"ringback/migrations/testdb"
	"ringback/settings"
)

const (
	company = "11111111-1111-7111-8111-111111111111"
	other   = "22222222-2222-7222-8222-222222222222"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

type post struct {
	header http.Header
	body   []byte
}

// world is a courier and an address that answers what a test says.
type world struct {
	*outboundhooks.Dispatcher
	t      *testing.T
	db     *sqlx.DB
	config outboundhooks.Config
	hook   outboundhooks.Hook
	secret string
	url    string
	mu     sync.Mutex
	posts  []post
	status int
}

func newWorld(t *testing.T) *world {
	t.Parallel()
	w := &world{t: t, db: testdb.New(t), status: http.StatusNoContent}
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.posts = append(w.posts, post{r.Header, body})
		rw.Header().Set("Location", w.url+"/elsewhere")
		rw.WriteHeader(w.status)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	trust := server.Client().Transport.(*http.Transport).TLSClientConfig
	w.config = outboundhooks.Config{
		DB: w.db, Key: key, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Loopback: true, TLS: &tls.Config{RootCAs: trust.RootCAs},
	}
	w.Dispatcher = outboundhooks.New(w.config)
	_, err = w.db.Exec(`insert into companies (id, name) values ($1, 'GVE'), ($2, 'Other')`, company, other)
	require.NoError(t, err)
	w.hook, w.secret, err = w.Add(t.Context(), company, "test", outboundhooks.Hook{URL: w.url, Kinds: []string{outboundhooks.MessageReceived, outboundhooks.CallMissed}, Enabled: true})
	require.NoError(t, err)
	return w
}

func (w *world) tell(company, kind string) {
	w.t.Helper()
	require.NoError(w.t, outboundhooks.Tell(w.t.Context(), w.db, outboundhooks.Event{CompanyID: company, Kind: kind, At: noon, Data: map[string]any{"text": "Hello <b> & ü", "ticket": ""}}))
}

// work lets the courier look, after all that waits has become due.
func (w *world) work() []post {
	w.t.Helper()
	_, err := w.db.Exec(`update hook_deliveries set due_at = now() where due_at is not null`)
	require.NoError(w.t, err)
	_, err = w.db.Exec(`update hooks set rests_until = now()`)
	require.NoError(w.t, err)
	require.NoError(w.t, w.Work(w.t.Context()))
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.posts
}

func (w *world) log() []outboundhooks.Payload {
	w.t.Helper()
	log, err := w.Deliveries(w.t.Context(), company, w.hook.ID, "", 50)
	require.NoError(w.t, err)
	return log
}

func TestAnEventIsToldSigned(t *testing.T) {
	w := newWorld(t)
	w.tell(company, outboundhooks.MessageReceived)
	w.tell(company, outboundhooks.DecisionMade) // nobody asked for it
	w.tell(other, outboundhooks.MessageReceived)
	posts := w.work()
	require.Len(t, posts, 1)
	require.NoError(t, w.verify(posts[0], w.secret))
	require.Error(t, w.verify(post{posts[0].header, append(posts[0].body, ' ')}, w.secret))
	var told map[string]any
	require.NoError(t, json.Unmarshal(posts[0].body, &told))
	require.Equal(t, map[string]any{"type": "message.received", "timestamp": "2026-06-01T12:00:00Z", "data": map[string]any{"text": "Hello <b> & ü"}}, told)
	require.Equal(t, "Ringback-Webhooks/1", posts[0].header.Get("User-Agent"))
	log := w.log()
	require.Len(t, log, 1)
	require.Equal(t, "delivered", log[0].State)
	require.Equal(t, http.StatusNoContent, *log[0].Status)
	require.Equal(t, log[0].ID, posts[0].header.Get("webhook-id"))
	require.Len(t, w.work(), 1, "once told is enough")
}

func (w *world) verify(p post, secret string) error {
	w.t.Helper()
	wh, err := standardwebhooks.NewWebhook(secret)
	require.NoError(w.t, err)
	return wh.Verify(p.body, p.header)
}

// Whoever still has the secret from before is understood for a day.
func TestANewSecretAndTheOneBefore(t *testing.T) {
	w := newWorld(t)
	h, second, err := w.Rotate(t.Context(), company, "test", w.hook.ID)
	require.NoError(t, err)
	require.NotEqual(t, w.secret, second)
	require.WithinDuration(t, testdb.Now(t, w.db).Add(24*time.Hour), *h.Former, time.Minute)
	w.tell(company, outboundhooks.MessageReceived)
	posts := w.work()
	require.Len(t, posts, 1)
	require.NoError(t, w.verify(posts[0], w.secret))
	require.NoError(t, w.verify(posts[0], second))

	_, third, err := w.Rotate(t.Context(), company, "test", w.hook.ID)
	require.NoError(t, err)
	w.tell(company, outboundhooks.MessageReceived)
	posts = w.work()
	require.NoError(t, w.verify(posts[1], second))
	require.NoError(t, w.verify(posts[1], third))
	require.Error(t, w.verify(posts[1], w.secret), "it is two that sign, not all")

	_, err = w.db.Exec(`update hooks set former_until = now()`)
	require.NoError(t, err)
	w.tell(company, outboundhooks.MessageReceived)
	posts = w.work()
	require.NoError(t, w.verify(posts[2], third))
	require.Error(t, w.verify(posts[2], second), "its day is over")
	kept, err := w.List(t.Context(), company, "", 10)
	require.NoError(t, err)
	require.Nil(t, kept[0].Former)
	require.NoError(t, w.Sweep(t.Context(), testdb.Now(t, w.db)))
	var left int
	require.NoError(t, w.db.Get(&left, `select count(former_secret) from hooks`))
	require.Zero(t, left)

	for _, id := range []string{w.hook.ID, "no id"} {
		_, _, err = w.Rotate(t.Context(), other, "test", id)
		require.ErrorIs(t, err, settings.ErrNotFound)
		_, err = w.Try(t.Context(), other, id)
		require.ErrorIs(t, err, settings.ErrNotFound)
	}
}

func TestATestEvent(t *testing.T) {
	w := newWorld(t)
	w.status = http.StatusBadGateway
	w.tell(company, outboundhooks.MessageReceived)
	require.Len(t, w.work(), 1)
	w.status = http.StatusOK
	told, err := w.Try(t.Context(), company, w.hook.ID)
	require.NoError(t, err)
	require.NoError(t, w.Work(t.Context()), "at once, also where the address rests")
	require.Len(t, w.posts, 2)
	require.Equal(t, told.ID, w.posts[1].header.Get("webhook-id"))
	require.NoError(t, w.verify(w.posts[1], w.secret))
	require.Contains(t, string(w.posts[1].body), w.hook.ID)
	_, err = w.Change(t.Context(), company, "test", w.hook.ID, func(h *outboundhooks.Hook) error { h.Enabled = false; return nil })
	require.NoError(t, err)
	var conflict *settings.Conflict
	_, err = w.Try(t.Context(), company, w.hook.ID)
	require.ErrorAs(t, err, &conflict)
	_, err = w.Change(t.Context(), company, "test", w.hook.ID, func(h *outboundhooks.Hook) error { h.Kinds = []string{outboundhooks.Test}; return nil })
	require.Error(t, err, "it is no kind to ask for")
}

func TestWhatDidNotHappenIsNotTold(t *testing.T) {
	w := newWorld(t)
	tx := w.db.MustBegin()
	require.NoError(t, outboundhooks.Tell(t.Context(), tx, outboundhooks.Event{CompanyID: company, Kind: outboundhooks.MessageReceived, At: noon, Data: map[string]any{}}))
	require.NoError(t, tx.Rollback())
	require.Empty(t, w.work())
}

func TestAnAddressThatFailsIsToldAgain(t *testing.T) {
	w := newWorld(t)
	w.status = http.StatusInternalServerError
	w.tell(company, outboundhooks.CallMissed)
	require.Len(t, w.work(), 1)
	log := w.log()
	require.Equal(t, "queued", log[0].State)
	require.Equal(t, "hook_answered", log[0].Error)
	require.NoError(t, w.Work(t.Context()))
	require.Len(t, w.posts, 1, "it rests")
	w.status = http.StatusOK
	posts := w.work()
	require.Len(t, posts, 2)
	require.Equal(t, posts[0].header.Get("webhook-id"), posts[1].header.Get("webhook-id"))
	require.Equal(t, "delivered", w.log()[0].State)
}

func TestAfterADayItHasFailedUntilSomebodyResends(t *testing.T) {
	w := newWorld(t)
	w.status = http.StatusBadGateway
	w.tell(company, outboundhooks.CallMissed)
	_, err := w.db.Exec(`update hook_deliveries set expires_at = now() + interval '1 minute', attempts = 7`)
	require.NoError(t, err)
	require.Len(t, w.work(), 1)
	failed := w.log()[0]
	require.Equal(t, "failed", failed.State)
	require.Nil(t, failed.DueAt)
	require.Equal(t, []string{"hook_failing hook_answered"}, w.notices())
	w.status = http.StatusOK
	require.Len(t, w.work(), 1)
	_, err = w.Resend(t.Context(), company, w.hook.ID, failed.ID)
	require.NoError(t, err)
	require.NoError(t, w.Work(t.Context()), "at once")
	require.Len(t, w.posts, 2)
	require.Equal(t, "delivered", w.log()[0].State)
	_, err = w.Resend(t.Context(), other, w.hook.ID, failed.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
	_, err = w.Resend(t.Context(), company, w.hook.ID, w.hook.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)

	w.status = http.StatusBadGateway
	for range 2 {
		w.tell(company, outboundhooks.CallMissed)
	}
	_, err = w.db.Exec(`update hook_deliveries set expires_at = now() + interval '1 minute', attempts = 7 where state = 'queued'`)
	require.NoError(t, err)
	w.work()
	w.work()
	require.Equal(t, "failed", w.log()[1].State)
	require.Len(t, w.notices(), 1, "once a day")
}

// notices are what the admins were told, with its word.
func (w *world) notices() (told []string) {
	w.t.Helper()
	require.NoError(w.t, w.db.Select(&told, `select kind || ' ' || (about ->> 'word') from notices where company_id = $1 and about ->> 'text' = $2 order by 1`, company, strings.TrimPrefix(w.url, "https://")))
	return told
}

// A worker that dies with a delivery in its hands leaves it to the next, once
// its lease is over; and two of them do not send the same twice.
func TestARestartTellsWhatWasCutOff(t *testing.T) {
	w := newWorld(t)
	dying, cancel := context.WithCancel(t.Context())
	cancel()
	w.tell(company, outboundhooks.MessageReceived)
	_ = w.Work(dying)
	require.Empty(t, w.posts)
	_, err := w.db.Exec(`update hook_deliveries set attempts = 1, due_at = now() + interval '20 seconds'`) // as a claim leaves it
	require.NoError(t, err)
	next := outboundhooks.New(w.config)
	require.NoError(t, next.Work(t.Context()))
	require.Empty(t, w.posts, "it is in somebody's hands")
	w.work()
	require.NoError(t, next.Work(t.Context()))
	require.Len(t, w.posts, 1)
}

func TestManyCouriersTellEachEventOnce(t *testing.T) {
	w := newWorld(t)
	for range 20 {
		w.tell(company, outboundhooks.MessageReceived)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { _ = outboundhooks.New(w.config).Work(t.Context()) })
	}
	all.Wait()
	require.Len(t, w.work(), 20)
	seen := map[string]bool{}
	for _, p := range w.posts {
		seen[p.header.Get("webhook-id")] = true
	}
	require.Len(t, seen, 20)
}

// TestAHostThatHangsHoldsUpNoOther: more waits for it than it has slots, and
// what comes later for another is told while all of that is still under way.
func TestAHostThatHangsHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	asked := make(chan struct{}, 100)
	hangs := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or it would not hear of it that we hang up
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(hangs.Close)
	w.config.TLS.RootCAs.AddCert(hangs.Certificate())
	_, _, err := w.Add(t.Context(), other, "test", outboundhooks.Hook{URL: hangs.URL, Kinds: []string{outboundhooks.CallMissed}, Enabled: true})
	require.NoError(t, err)
	for range 20 {
		w.tell(other, outboundhooks.CallMissed)
	}
	w.Start()
	t.Cleanup(w.Stop)
	for range 4 {
		<-asked
	}
	w.tell(company, outboundhooks.MessageReceived)
	require.Eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.posts) == 1
	}, time.Minute, 10*time.Millisecond)
	require.Empty(t, asked, "the one that hangs has no fifth slot")
	var ended int
	require.NoError(t, w.db.Get(&ended, `select count(*) from hook_deliveries where company_id = $1 and error <> ''`, other))
	require.Zero(t, ended, "and none of its four has ended yet")
}

func TestAnAddressThatIsGoneIsSwitchedOff(t *testing.T) {
	w := newWorld(t)
	w.status = http.StatusGone
	w.tell(company, outboundhooks.MessageReceived)
	w.tell(company, outboundhooks.MessageReceived)
	require.Len(t, w.work(), 1)
	kept, err := w.List(t.Context(), company, "", 10)
	require.NoError(t, err)
	require.False(t, kept[0].Enabled)
	for _, d := range w.log() {
		require.Equal(t, "failed", d.State)
	}
	require.Equal(t, []string{"hook_failing gone"}, w.notices())
	var noted string
	require.NoError(t, w.db.Get(&noted, `select who || ' ' || (before ->> 'enabled') || ' ' || (after ->> 'enabled') from history where what = 'hook' order by id desc limit 1`))
	require.Equal(t, "Ringback true false", noted)
	w.tell(company, outboundhooks.MessageReceived)
	require.Len(t, w.log(), 2, "nothing is queued for it")
	var conflict *settings.Conflict
	_, err = w.Resend(t.Context(), company, w.hook.ID, w.log()[0].ID)
	require.ErrorAs(t, err, &conflict)
}

func TestARedirectIsNotFollowed(t *testing.T) {
	w := newWorld(t)
	w.status = http.StatusTemporaryRedirect
	w.tell(company, outboundhooks.MessageReceived)
	require.Len(t, w.work(), 1)
	require.Equal(t, "hook_answered", w.log()[0].Error)
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	for _, address := range []string{
		"https://127.0.0.1/", "https://10.1.2.3/", "https://192.168.0.1:8443/", "https://172.16.0.1", "https://169.254.169.254/latest/meta-data",
		"https://100.64.0.1", "https://0.0.0.0", "https://224.0.0.1", "https://255.255.255.255", "https://[::1]/", "https://[::]", "https://[fe80::1]",
		"https://[fd00::1]", "https://[::ffff:127.0.0.1]", "https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]", "https://[ff02::1]",
		"https://localhost/", "https://LOCALHOST./", "https://a.localhost", "http://example.com", "ftp://example.com", "https://", "example.com",
		"https://ann:secret@example.com", "https://example.com/#here", "https://exa mple.com", "https://example.com/" + strings.Repeat("a", 2000),
	} {
		require.NotEmpty(t, httpcall.CheckURL(address, false), address)
	}
	for _, address := range []string{"https://example.com/a?b=c", "https://8.8.8.8", "https://[2606:4700::1111]:8443/x"} {
		require.Empty(t, httpcall.CheckURL(address, false), address)
	}
}

// A name that points inwards is refused when it is dialed, whatever it pointed
// to when it was saved.
func TestANameThatPointsInwardsIsNotDialed(t *testing.T) {
	w := newWorld(t)
	w.tell(company, outboundhooks.MessageReceived)
	_, err := w.db.Exec(`update hooks set url = replace(url, '127.0.0.1', 'localhost')`)
	require.NoError(t, err)
	w.config.Loopback = false
	w.Dispatcher = outboundhooks.New(w.config)
	require.Empty(t, w.work())
	require.Equal(t, "hook_inside", w.log()[0].Error)
	require.Equal(t, "queued", w.log()[0].State)
}

func TestHooksAreTheirCompanysAlone(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, id := range []string{w.hook.ID, "no id"} {
		_, err := w.Change(ctx, other, "test", id, func(*outboundhooks.Hook) error { return nil })
		require.ErrorIs(t, err, settings.ErrNotFound)
		require.ErrorIs(t, w.Remove(ctx, other, "test", id, nil), settings.ErrNotFound)
		_, err = w.Deliveries(ctx, other, id, "", 10)
		require.ErrorIs(t, err, settings.ErrNotFound)
	}
	theirs, err := w.List(ctx, other, "", 10)
	require.NoError(t, err)
	require.Empty(t, theirs)
	w.tell(company, outboundhooks.MessageReceived)
	require.NoError(t, w.Remove(ctx, company, "test", w.hook.ID, nil))
	require.Empty(t, w.work())
}

func TestWhatCannotBeKept(t *testing.T) {
	w := newWorld(t)
	var invalid settings.Invalid
	_, _, err := w.Add(t.Context(), company, "test", outboundhooks.Hook{URL: "http://example.com", Kinds: []string{"message.received", "all"}})
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "url: hook_https; kinds[1]: event_kind", err.Error())
	_, err = w.Change(t.Context(), company, "test", w.hook.ID, func(h *outboundhooks.Hook) error { h.Kinds = nil; return nil })
	require.ErrorAs(t, err, &invalid)
	w.config.Key = nil
	var conflict *settings.Conflict
	_, _, err = outboundhooks.New(w.config).Add(t.Context(), company, "test", w.hook)
	require.ErrorAs(t, err, &conflict)
	for range 19 {
		_, _, err = w.Add(t.Context(), company, "test", w.hook)
		require.NoError(t, err)
	}
	_, _, err = w.Add(t.Context(), company, "test", w.hook)
	require.ErrorAs(t, err, &conflict)
}

func TestSweeping(t *testing.T) {
	w := newWorld(t)
	w.tell(company, outboundhooks.MessageReceived)
	w.work()
	w.tell(company, outboundhooks.MessageReceived)
	_, err := w.db.Exec(`update hooks set enabled = false`)
	require.NoError(t, err)
	require.NoError(t, w.Sweep(t.Context(), testdb.Now(t, w.db)))
	log := w.log()
	require.Equal(t, []string{"failed", "delivered"}, []string{log[0].State, log[1].State})
	require.NoError(t, w.Sweep(t.Context(), testdb.Now(t, w.db).Add(31*24*time.Hour)))
	require.Empty(t, w.log())
}

// TestHooksStandInTheHistory: who added, changed and removed an address that
// hears of everything, and that its secret is another, which is not told.
func TestHooksStandInTheHistory(t *testing.T) {
	w := newWorld(t)
	_, err := w.Change(t.Context(), company, "Maria", w.hook.ID, func(h *outboundhooks.Hook) error { h.Enabled = false; return nil })
	require.NoError(t, err)
	_, err = w.Change(t.Context(), company, "Maria", w.hook.ID, func(h *outboundhooks.Hook) error { h.Enabled = true; return nil })
	require.NoError(t, err)
	_, secret, err := w.Rotate(t.Context(), company, "Maria", w.hook.ID)
	require.NoError(t, err)
	require.NoError(t, w.Remove(t.Context(), company, "Maria", w.hook.ID, nil))
	lines, err := settings.ListHistory(t.Context(), w.config.DB, company, "", "", 9)
	require.NoError(t, err)
	var told []string
	for _, line := range lines {
		told = append(told, line.What+" "+line.Who)
		if line.After != nil {
			require.NotContains(t, string(*line.After), secret)
		}
	}
	require.Equal(t, []string{"hook Maria", "hook Maria", "hook Maria", "hook Maria", "hook test"}, told)
}
