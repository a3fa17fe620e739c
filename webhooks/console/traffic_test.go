package console_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"ringback/gateway/health"
	"ringback/gateway/inbox"
	"ringback/webhooks/console"
)

// What cannot be counted in time is said on the page, with the shorter times to choose.
func TestTrafficThatIsTooMuchToCount(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	require.Contains(t, b.get("/traffic?last=week").text, `aria-current="true"`)
	pages, err := console.New(console.Config{
		Clock: b.clock, Log: slog.New(slog.DiscardHandler), Gate: b.gate, Live: b.hub,
		Inbox: inbox.Desk{DB: b.db, Clock: b.clock, Counting: 50 * time.Millisecond},
	})
	require.NoError(t, err)
	engine := gin.New()
	pages.Mount(engine)
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	b.base = server.URL // the same host: still signed in
	held := b.db.MustBegin()
	defer func() { _ = held.Rollback() }()
	held.MustExec(`set local idle_in_transaction_session_timeout = '20s'`) // who is not bounded counts then, and fails the test
	held.MustExec(`lock table decisions in access exclusive mode`)
	page := b.get("/traffic?last=week")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text, "too much happened in that time to be counted at once: choose a shorter one")
	require.Contains(t, page.text, `href="?last=hour"`)
}

// TestTrafficSaysWhatToLookAt: by the codes of the metrics, each in words, and of other
// companies nothing.
func TestTrafficSaysWhatToLookAt(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	require.NotContains(t, b.get("/traffic").text, "Needs attention")
	source, err := os.ReadFile("../../gateway/health/warning.go")
	require.NoError(t, err)
	var found []health.Finding
	for _, code := range regexp.MustCompile(`Code += "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1) {
		switch health.Code(code[1]) {
		case health.Starting, health.Migrating, health.MigrationsPending: // no page is served then
		default:
			found = append(found, health.Finding{Code: health.Code(code[1]), Severity: health.Warning, What: "account AC0123 of somebody else"})
		}
	}
	require.Greater(t, len(found), 12)
	found = append(found, health.Finding{Code: health.QueueBehind, Severity: health.Critical})
	pages, err := console.New(console.Config{
		Clock: b.clock, Log: slog.New(slog.DiscardHandler), Gate: b.gate, Live: b.hub,
		Inbox: inbox.Desk{DB: b.db, Clock: b.clock, Health: func(context.Context) []health.Finding { return found }},
	})
	require.NoError(t, err)
	engine := gin.New()
	pages.Mount(engine)
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	b.base = server.URL // the same host: still signed in
	for _, language := range []string{"en", "pl", "de", "fr", "es", "it", "pt-BR"} {
		b.post("/language", "language", language)
		page := b.get("/traffic")
		require.Equal(t, http.StatusOK, page.status)
		require.NotContains(t, page.text, "AC0123")
		for _, f := range found {
			require.Equal(t, 1, strings.Count(page.text, ">"+string(f.Code)+"</code>"), f.Code)
			require.NotContains(t, page.text, "<p>"+string(f.Code)+" <code", "it is in words")
		}
		require.Equal(t, 1, strings.Count(page.text, `class="notice bad"`), "what is critical")
	}
}
