package console_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

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
