package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

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
		require.Contains(t, shown.text, "ann@example.com")
		for _, page := range []string{"/", "/teams", "/teams/new", "/staff?q=ann", "/staff?cursor=x", "/history", "/help", "/account", "/notices", "/hooks", "/teams/" + b.team + "/team"} {
			require.Less(t, b.ask("GET", page, nil, "Authorization", "Bearer "+key).status, 500, page)
		}
	}
}
