package cmd_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/settings"
)

var helpLink = regexp.MustCompile(`<a href="/help(?:#([a-z]+))?"`)

// Every page with a menu leads to the part of the help that is about it.
func TestEveryPageLeadsToItsHelp(t *testing.T) {
	o := newOffice(t)
	o.Live.End() // a page's stream says that it is open, and ends
	admin := o.callers[slices.IndexFunc(o.callers, func(c caller) bool { return c.as == settings.RoleAdmin })]
	body := func(path string) string {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set(admin.header, admin.secret)
		answer := httptest.NewRecorder()
		o.Router.ServeHTTP(answer, r)
		return answer.Body.String()
	}
	help, led := body("/help"), 0
	for _, page := range slices.Sorted(maps.Keys(pageTable)) {
		path, get := strings.CutPrefix(page, http.MethodGet+" ")
		if !get || path == "/help" {
			continue
		}
		path = strings.NewReplacer(":team", o.here, ":id", uuid.Must(uuid.NewV7()).String(), ":token", "nothing").Replace(path)
		shown := body(path)
		if !strings.Contains(shown, `class="rail"`) {
			continue // it goes elsewhere, is a file, or is for strangers
		}
		led++
		link := helpLink.FindStringSubmatch(shown)
		require.NotNil(t, link, page)
		require.NotEmpty(t, link[1], "%s leads to no part", page)
		require.Contains(t, help, `<h2 id="`+link[1]+`">`, "%s has no part in webhooks/console/help", page)
	}
	require.Greater(t, led, 35, "the pages were found")
}
