package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"ringback/settings/staff"
)

func TestWhoMayOnlyLookChangesNothing(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	made := b.post("/keys", "name", "reader", "scopes", "settings:read")
	key := regexp.MustCompile(`data-copy="([^"]+)"`).FindStringSubmatch(made.text)
	require.NotNil(t, key, made.text)
	schedule, before := b.kept()[0], b.ofTeam()
	messages := b.get(b.messages()).form(t, "messages")
	messages.Set("customer_first_chat.message", "Not mine to write")
	b.Client = anew(t)
	asReader := []string{"Authorization", "Bearer " + key[1]}

	team := "/teams/" + b.team
	for _, page := range []string{"/automations", "/schedules", "/team", "/senders"} {
		shown := b.ask("GET", team+page, nil, asReader...)
		require.Equal(t, http.StatusOK, shown.status, page)
		require.NotRegexp(t, `<div class="save-bar"|/schedules/new|/senders/new|<button class="main"`, shown.text, page)
		require.Equal(t, http.StatusNotFound, b.ask("GET", "/teams/11111111-1111-7111-8111-111111111111"+page, nil, asReader...).status)
	}
	for path, form := range map[string]url.Values{
		"/automations":                          messages,
		"/schedules":                            {"title": {"x"}, "kind": {"once"}, "date": {"2026-06-01"}, "from": {"08:00"}, "to": {"09:00"}, "time_zone": {"UTC"}},
		"/holidays/close":                       {"date": {"2026-06-01"}},
		"/schedules/" + schedule.ID + "/switch": {"enabled": {"false"}},
		"/schedules/" + schedule.ID + "/delete": {},
		"/team":                                 {"name": {"x"}},
		"/company":                              {"company": {"x"}},
		"/senders":                              {"kind": {"webchat"}, "address": {"x"}},
	} {
		require.Equal(t, http.StatusForbidden, b.ask("POST", team+path, form, asReader...).status, path)
	}
	require.Equal(t, before, b.ofTeam())
	require.True(t, b.kept()[0].Enabled)
	require.Len(t, b.kept(), 1)
	require.Empty(t, b.stored("customer_first_chat").Message)
	require.Empty(t, b.ofTeamSenders())
}

// open are the fields and buttons of a page's own forms that somebody could use to
// change something.
func (p page) open(t *testing.T) (found []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(p.text))
	require.NoError(t, err)
	for node := range root.Descendants() {
		if node.Type != html.ElementNode || !slices.Contains([]string{"input", "select", "textarea", "button"}, node.Data) || attribute(node, "type") == "hidden" {
			continue
		}
		shut, form := p.has(node, "disabled"), ""
		for around := range node.Ancestors() {
			shut = shut || around.Data == "fieldset" && p.has(around, "disabled")
			if around.Data == "form" && attribute(around, "method") == "post" {
				form = "a form to " + attribute(around, "action")
			}
		}
		if form != "" && !shut && form != "a form to /language" && form != "a form to /sign-out" {
			found = append(found, form+": "+attribute(node, "name"))
		}
	}
	return found
}

func (page) has(node *html.Node, name string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// TestWhoMayOnlyLookSeesItAtOnce: every page of settings says so at its head, and has
// nothing that could be changed or saved. Who may change it reads no such thing.
func TestWhoMayOnlyLookSeesItAtOnce(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/contacts", "name", "Ann", "address", "+13125550142")
	b.post(team+"/replies", "title", "hello", "text", "Hello there")
	b.post(team+"/labels", "name", "urgent")
	b.post(team+"/senders", "kind", "webchat", "address", "our-site")
	contact := team + "/contacts/" + b.newest(team+"/contacts")
	_, key, err := staff.CreateKey(t.Context(), b.db, staff.Principal{CompanyID: b.gate.Company}, staff.Key{
		Name: "reader", Scopes: []string{"settings:read", "tickets:read", "staff:read", "privacy:read"},
	})
	require.NoError(t, err)
	reader := browser{t: t, base: b.base, Client: anew(t)}
	for _, path := range []string{
		team + "/automations", team + "/schedules", team + "/schedules/" + b.kept()[0].ID, team + "/team", team + "/senders", team + "/replies", team + "/labels",
		contact, "/staff", "/privacy",
	} {
		require.NotContains(t, b.get(path).text, `id="read-only"`, path)
		require.NotEmpty(t, b.get(path).open(t), path)
		shown := reader.ask("GET", path, nil, "Authorization", "Bearer "+key)
		require.Equal(t, http.StatusOK, shown.status, path)
		require.Regexp(t, `</h1>(?s:.{0,700})id="read-only"`, shown.text, path)
		require.Empty(t, shown.open(t), path)
		require.NotContains(t, shown.text, `class="save-bar"`, path)
	}
}

// TestTheStaffAsAKeySeesThem: whatever key somebody comes with, the page is
// there, or it says why not.
func TestTheStaffAsAKeySeesThem(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.post("/staff", "name", "Ann", "email", "ann@example.com", "role", "advisor", "teams", b.team)
	for _, team := range []*string{nil, &b.team} {
		_, key, err := staff.CreateKey(t.Context(), b.db, staff.Principal{CompanyID: b.gate.Company}, staff.Key{Name: "reader", TeamID: team, Scopes: []string{"settings:read", "staff:write", "keys:write"}})
		require.NoError(t, err)
		shown := b.ask("GET", "/staff", nil, "Authorization", "Bearer "+key)
		require.Equal(t, http.StatusOK, shown.status, shown.text)
		require.Contains(t, shown.text, "ann@<wbr>example<wbr>.com")
		for _, page := range []string{"/", "/teams", "/teams/new", "/staff?q=ann", "/staff?cursor=x", "/history", "/help", "/account", "/notices", "/hooks", "/teams/" + b.team + "/team"} {
			require.Less(t, b.ask("GET", page, nil, "Authorization", "Bearer "+key).status, 500, page)
		}
	}
}
