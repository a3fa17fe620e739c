package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tooMany is how many statements the first view of a page may take: it reads a
// few lists, and never one thing for each line of a list. The 500 teams come in
// three pages of the API's.
const tooMany = 20

// pages opens every page of the console, as its first view and in search, and
// looks at each statement that it led to.
func (w *grownUp) pages(t *testing.T) {
	var contact, ticket, decision, member string
	for query, into := range map[string]*string{
		`select contact_id from addresses where address = '+13120000001'`:           &contact,
		`select id from tickets where number = 100`:                                 &ticket,
		`select id from decisions where provider_id = 'SM' || md5('text7') limit 1`: &decision,
		`select id from staff where name = 'Advisor 7'`:                             &member,
	} {
		require.NoError(t, w.db.Get(into, query))
	}
	for _, path := range []string{
		"/teams", "/teams?q=branch", "/teams/new", "/staff", "/staff?q=7", "/staff/" + member, "/history", "/help", "/account",
		"T/tickets", "T/tickets?status=closed", "T/tickets/" + ticket, "T/decisions", "T/decisions/" + decision, "T/deliveries",
		"T/automations", "T/schedules", "T/schedules/new", "T/team", "T/senders", "T/senders/new", "T/contacts", "T/contacts?q=ann",
		"T/contacts/" + contact, "T/try", "T/week?from=2020-01-06", "T/ratings", "T/history",
	} {
		t.Run(path, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, strings.Replace(path, "T/", "/teams/"+w.team.ID+"/", 1), nil)
			request.Header.Set("Authorization", "Bearer "+key)
			answer := httptest.NewRecorder()
			w.router.ServeHTTP(answer, request)
			require.Equal(t, http.StatusOK, answer.Code)
			w.mu.Lock()
			statements := len(w.plans)
			w.mu.Unlock()
			require.LessOrEqual(t, statements, tooMany)
			w.judge(t, 0)
		})
	}
}
