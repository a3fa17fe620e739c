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
