package console_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	titleOf   = regexp.MustCompile(`<title>(.*?)</title>`)
	headingOf = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	tagOf     = regexp.MustCompile(`<[^>]*>`)
)

// TestATabSaysWhatItsPageIs: whom, or what, the page is about, and not only the entry of
// the rail that it stands under.
func TestATabSaysWhatItsPageIs(t *testing.T) {
	b := newBrowser(t)
	require.Equal(t, "Sign in · Ringback", title(b.get("/sign-in").text))
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	ticket := b.opened("Ann & Ben", "+13125550142", "The boiler is cold")
	contact := b.api("POST", "/teams/"+b.team+"/contacts", map[string]any{"name": "Cleo", "addresses": []map[string]string{{"kind": "phone", "address": "+13125550143"}}})
	member := b.api("POST", "/staff", map[string]any{"name": "Dean", "email": "dean@example.com", "role": "advisor", "teams": []string{b.team}})
	team := "/teams/" + b.team
	for path, want := range map[string]string{
		team + "/tickets/" + ticket:   "Ann & Ben #1001 · Tickets",
		team + "/contacts/" + contact: "Cleo · Contacts",
		"/staff/" + member:            "Dean · Staff & keys",
		team + "/schedules/new":       "Add a schedule · Ring schedules",
		team + "/holidays/new":        "Add a holiday · Ring schedules",
		team + "/senders/new":         "Add a sender · Senders",
		team + "/labels":              "Labels · Tickets",
		team + "/conversations/new":   "New conversation · Tickets",
		team + "/tickets":             "Tickets",
		team + "/team":                "Team",
		"/teams/new":                  "New team · Teams",
		"/audit":                      "Audit log · Personal data",
		"/account/second-factor":      "",
		team + "/contacts/" + b.team:  "",
	} {
		page := b.get(path)
		said := title(page.text)
		if want == "" { // whatever it says of itself
			want = strings.Join(strings.Fields(html.UnescapeString(tagOf.ReplaceAllString(headingOf.FindStringSubmatch(page.text)[1], ""))), " ")
		} else {
			require.Equal(t, http.StatusOK, page.status, path)
		}
		require.True(t, strings.HasPrefix(said, want+" · "), "%s: %q instead of %q", path, said, want)
	}
}

// title is that of a page, without the number of what is unread.
func title(page string) string {
	return regexp.MustCompile(`^\(\d+\) `).ReplaceAllString(html.UnescapeString(titleOf.FindStringSubmatch(page)[1]), "")
}
