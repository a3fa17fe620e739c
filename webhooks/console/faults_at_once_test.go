package console_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// faults are the ids of the places of a page that say what is wrong.
func (p page) faults(t *testing.T) []string {
	t.Helper()
	document, err := html.Parse(strings.NewReader(p.text))
	require.NoError(t, err)
	said := map[string]bool{}
	for node := range document.Descendants() {
		if attribute(node, "class") == "fault" && node.FirstChild != nil && strings.TrimSpace(node.FirstChild.Data) != "" {
			said[attribute(node, "id")] = true
		}
	}
	return slices.Sorted(maps.Keys(said))
}

// What is wrong with a form is said at once: who has mended what is marked is done, and is
// not sent back for the next.
func TestAllThatIsWrongWithAFormIsSaidAtOnce(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/senders", "kind", "sms", "address", "+13125550101", "account_sid", sid, "auth_token", token).leadsTo(t, team+"/senders")
	text := b.ofTeamSenders()[0].ID
	for _, c := range []struct {
		path string
		sent []string
		want string
	}{
		{"/staff", []string{"name", "", "email", "nonsense", "role", "advisor", "phone", "12"}, "email-fault name-fault phone-fault teams-fault"},
		{"/staff/" + b.maria(), []string{"name", "", "email", "nonsense", "role", "manager", "phone", "12", "active", "1"}, "email-fault name-fault phone-fault teams-fault"},
		{"/keys", []string{"name", strings.Repeat("x", 101)}, "key-name-fault scopes-fault"},
		{"/teams", []string{"name", "", "time_zone", "Middle-earth", "language", "en"}, "name-fault zone-fault"},
		{team + "/company", []string{"company", "", "segment_price", "cheap", "currency", "pounds"}, "company-fault price-currency-fault price-fault"},
		{team + "/senders", []string{"kind", "sms", "address", "nonsense", "account_sid", "nonsense", "api_key", "nonsense"}, "account_sid-fault address-fault api_key-new-fault api_key_secret-new-fault auth_token-new-fault"},
		{team + "/senders", []string{"kind", "whatsapp_cloud", "address", "nonsense", "phone_number_id", "nonsense", "access_token", "x"}, "address-fault app_secret-new-fault phone_number_id-fault"},
		{team + "/senders/" + text, []string{"kind", "sms", "rate", "fast", "rate_was", "1", "messaging_service", "nonsense", "rcs_agent", "!"}, "agent-fault- rate-fault- service-fault-"},
		{team + "/schedules", []string{"title", "", "kind", "weekly", "date", "someday", "from", "early", "to", "late", "time_zone", "Middle-earth", "until", "never"}, "days-fault ends-fault starts-fault title-fault until-fault zone-fault"},
		{team + "/schedules", []string{"title", "", "kind", "custom", "rrule", "FREQ=NEVER", "date", "2026-01-05", "from", "08:00", "to", "17:00", "time_zone", "Middle-earth"}, "rrule-fault title-fault zone-fault"},
		{team + "/holidays", []string{"title", "", "from", "someday", "to", "another day", "feed", "nonsense"}, "feed-fault from-fault title-fault to-fault"},
		{"/privacy", []string{"calls", "long", "messages", "0"}, "calls-fault messages-fault"},
	} {
		answer := b.post(c.path, c.sent...)
		assert.Equal(t, http.StatusUnprocessableEntity, answer.status, c.path)
		said := strings.Join(answer.faults(t), " ")
		assert.Equal(t, c.want, strings.ReplaceAll(said, text, ""), "%s %v", c.path, c.sent)
	}
	form := b.get(team+"/team").form(t, "team")
	form.Set("time_zone", "Middle-earth")
	form.Set("voice.ring_seconds", "soon")
	form.Set("name", "")
	require.Equal(t, "name-fault voice.ring_seconds-fault zone-fault", strings.Join(b.ask(http.MethodPost, team+"/team", form).faults(t), " "))
}

// A day that is none is said to be none, however long the word is.
func TestALastDayThatIsNoDayIsSaidToBeNone(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	answer := b.post(b.holidays(), "title", "Fair", "from", "2026-06-01", "to", "the day after tomorrow")
	require.Equal(t, http.StatusUnprocessableEntity, answer.status)
	require.NotContains(t, answer.text, "10 characters")
	require.Contains(t, answer.text, `id="to-fault">must be a day such as`)
}
