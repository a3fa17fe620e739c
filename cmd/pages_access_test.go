package cmd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// pages are the addresses of the router that are the console's.
func (o *office) pages() []string {
	var all []string
	for _, r := range o.Router.Routes() {
		other := false
		for start := range notPages {
			other = other || strings.HasPrefix(r.Path, start)
		}
		if !other {
			all = append(all, r.Method+" "+r.Path)
		}
	}
	slices.Sort(all)
	const last = "POST /sign-out" // whoever sends it is a stranger afterwards
	return append(slices.DeleteFunc(all, func(page string) bool { return page == last }), last)
}

// formsAlone are the addresses that only take forms: what they answer stays in the
// browser's bar.
func formsAlone() []string {
	var all []string
	for page := range pageTable {
		path, form := strings.CutPrefix(page, "POST ")
		if _, shown := pageTable["GET "+path]; form && !shown {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return all
}

// look is what the caller gets at an address: a status, which is 401 when they
// are asked to sign in first.
func (o *office) look(c caller, method, path string) int {
	r := httptest.NewRequestWithContext(o.t.Context(), method, path, nil)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.header != "" {
		r.Header.Set(c.header, c.secret)
	}
	o.looks++ // each from a network of its own: what is everybody's waits for others of the same
	r.RemoteAddr = fmt.Sprintf("10.0.%d.%d:1", o.looks/256, o.looks%256)
	answer := httptest.NewRecorder()
	o.Router.ServeHTTP(answer, r)
	if strings.HasPrefix(answer.Header().Get("Location"), "/sign-in?next=") {
		return http.StatusUnauthorized
	}
	return answer.Code
}

// want is the status that a caller should get at a page about the team here.
func (a pageAccess) want(c caller, page string) int {
	listed := strings.Split(a.who, ", ")
	switch may := slices.Contains(listed, c.as); {
	case !may && c.as == "nobody":
		return http.StatusUnauthorized
	case !may:
		return http.StatusForbidden
	case c.place != "" && strings.Contains(page, ":team"):
		return http.StatusNotFound
	case a.person != 0 && c.header == "Cookie":
		return a.person
	}
	return a.then
}

func TestEveryPageIsSeenByThoseOfTheTableAlone(t *testing.T) {
	o := newOffice(t)
	o.Live.End() // a page's stream says that it is open, and ends
	pages := o.pages()
	var faults []string
	for page := range pageTable {
		require.Contains(t, pages, page, "it is in cmd/pages_access_table_test.go and nowhere else")
	}
	for _, page := range pages {
		if path, shown := strings.CutPrefix(page, "GET "); shown && slices.Contains(formsAlone(), path) {
			continue // TestTheAddressOfAFormLeadsToIt
		}
		line, there := pageTable[page]
		require.True(t, there, "%s has no line in cmd/pages_access_table_test.go: say there who may, or in notPages whose it is", page)
		method, path, _ := strings.Cut(page, " ")
		path = strings.NewReplacer(":team", o.here, ":id", uuid.Must(uuid.NewV7()).String(), ":key", "nothing", ":token", "nothing").Replace(path)
		for _, c := range o.callers {
			if status, want := o.look(c, method, path), line.want(c, page); status != want {
				faults = append(faults, fmt.Sprintf("%s by %s: %d, not %d", page, c.name, status, want))
			}
		}
	}
	require.Empty(t, faults, "\n"+strings.Join(faults, "\n"))
}

// Whoever opens the address of a form by itself, as by pressing Enter in the bar after
// one that was refused, is led to the page that shows it.
func TestTheAddressOfAFormLeadsToIt(t *testing.T) {
	o := newOffice(t)
	id := uuid.Must(uuid.NewV7()).String()
	fill := strings.NewReplacer(":team", o.here, ":id", id, ":key", "nothing")
	for _, form := range formsAlone() {
		answer := httptest.NewRecorder()
		o.Router.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, fill.Replace(form), nil))
		require.Equal(t, http.StatusSeeOther, answer.Code, form)
		leads := strings.NewReplacer(o.here, ":team", id, ":id").Replace(answer.Header().Get("Location"))
		require.Contains(t, pageTable, "GET "+leads, form)
		if expected := map[string]string{
			"/keys":                                 "/staff",
			"/language":                             "/",
			"/teams/:team/company":                  "/teams/:team/team",
			"/teams/:team/contacts/import":          "/teams/:team/contacts",
			"/teams/:team/conversations":            "/teams/:team/conversations/new",
			"/teams/:team/senders/:id":              "/teams/:team/senders",
			"/teams/:team/tickets/:id/messages":     "/teams/:team/tickets/:id",
			"/account/second-factor/confirm":        "/account/second-factor",
			"/teams/:team/holidays/:id/delete":      "/teams/:team/holidays/:id",
			"/teams/:team/automations/:key/preview": "/teams/:team/automations",
		}[form]; expected != "" {
			require.Equal(t, expected, leads, form)
		}
	}
}
