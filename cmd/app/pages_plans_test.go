package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// needed are the console's pages, and how many statements the first view of each
// takes, who asks for it included. It is what is measured, not a limit: a page that
// takes more has to say why here. T is the team.
var needed = []struct {
	path       string
	statements int
}{
	{"/teams", 2},
	{"/teams?q=branch", 2},
	{"/teams/new", 1},
	{"/staff", 5},
	{"/staff?q=7", 5},
	{"/staff/:member", 7},
	{"/history", 4},
	{"/privacy", 2},
	{"/audit", 4},
	{"/audit?who=nobody", 4},
	{"/audit?since=2100-01-01", 4},
	{"/help", 1},
	{"/account", 1},
	{"T/tickets", 7},
	{"T/tickets?status=closed", 7},
	{"T/tickets?view=waiting", 7},
	{"T/tickets?view=unassigned&kind=voicemail", 7},
	{"T/tickets?channel=sms&sort=waiting", 8},
	{"/search", 1},
	{"/search?q=zebra", 10}, // one asks which words begin like that, before an index is asked for them
	{"/search?q=open", 8},
	{"T/labels", 3},
	{"T/tickets/:ticket", 14},
	{"T/conversations/new", 3},
	{"T/replies", 3},
	{"T/decisions", 3},
	{"T/decisions/:decision", 5},
	{"T/deliveries", 3},
	{"T/automations", 3},
	{"T/schedules", 5},
	{"T/schedules/new", 3},
	{"T/holidays", 4},
	{"T/holidays/new", 2},
	{"T/team", 6},
	{"T/senders", 8},
	{"T/senders/new", 2},
	{"T/contacts", 3},
	{"T/contacts?q=ann", 4},
	{"T/contacts?erased=:contact", 4},
	{"T/contacts/:contact", 8},
	{"T/try", 2},
	{"T/reports?from=2020-01-06&to=2020-01-12", 6},
	{"T/ratings", 4},
	{"T/history", 5},
}

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
	ids := strings.NewReplacer("T/", "/teams/"+w.team.ID+"/", ":contact", contact, ":ticket", ticket, ":decision", decision, ":member", member)
	for _, page := range needed {
		t.Run(page.path, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, ids.Replace(page.path), nil)
			request.Header.Set("Authorization", "Bearer "+key)
			answer := httptest.NewRecorder()
			w.router.ServeHTTP(answer, request)
			require.Equal(t, http.StatusOK, answer.Code)
			w.mu.Lock()
			statements := w.asked
			w.mu.Unlock()
			w.judge(t, 0)
			require.Equal(t, page.statements, statements, "statements")
		})
	}
}
