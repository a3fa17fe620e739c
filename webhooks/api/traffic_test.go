package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/webhooks/api"
	"ringback/webhooks/api/apitest"
)

// What cannot be counted in time is refused with the way out of it: a shorter time.
func TestTrafficThatIsTooMuchToCount(t *testing.T) {
	w := newWorld(t)
	engine := gin.New()
	api.Mount(engine, api.Config{
		DB: w.db, Clock: w.clock, Vault: w.vault, Bootstrap: bootstrap, Company: w.company.ID,
		Inbox: inbox.Desk{DB: w.db, Clock: w.clock, Company: w.company.ID, Counting: 50 * time.Millisecond},
	})
	client := apitest.Serve(t, engine, bootstrap)
	held := w.db.MustBegin()
	defer func() { _ = held.Rollback() }()
	held.MustExec(`set local idle_in_transaction_session_timeout = '20s'`) // who is not bounded counts then, and fails the test
	held.MustExec(`lock table decisions in access exclusive mode`)
	answer := client.Must(http.StatusUnprocessableEntity, "GET", "/traffic?last=week", nil)
	require.Equal(t, "too_much_to_count", answer["errors"].([]any)[0].(object)["code"])
	require.Equal(t, "Nothing was changed. last: too much happened in that time to be counted at once: choose a shorter one.", answer["detail"])
	require.NoError(t, held.Rollback())
	require.Equal(t, "week", w.Must(http.StatusOK, "GET", "/traffic?last=week", nil)["last"])
}
