package console_test

import (
	"html"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// TestANumberNeedsNoCountry where the team's own numbers say it: of a contact, of one of
// the staff, and of one more sender. A short code stays one.
func TestANumberNeedsNoCountry(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	require.Equal(t, 422, b.post(team+"/contacts", "name", "Ann", "address", "(312) 555-0142").status, "nobody knows the country")
	b.post(team+"/senders", "kind", "sms", "address", "+13125550199")
	b.post(team+"/contacts", "name", "Ann", "address", "(312) 555-0142")
	page := team + "/contacts/" + b.newest(team+"/contacts")
	require.Contains(t, html.UnescapeString(b.get(page).text), "+13125550142</textarea>")
	b.post(page, "name", "Ann", "addresses", "+13125550142\n312.555.0143").leadsTo(t, page)
	require.Contains(t, html.UnescapeString(b.get(page).text), "+13125550142\n+13125550143</textarea>")
	b.post("/staff", "name", "Ben", "email", "ben@example.com", "role", "advisor", "teams", b.team, "phone", "312 555 0150").leadsTo(t, "/staff")
	require.Contains(t, html.UnescapeString(b.get("/staff").text), "+13125550150")
	for typed, stored := range map[string]string{"312-555-0102": "+13125550102", "24733": "24733"} {
		b.post(team+"/senders", "kind", "sms", "address", typed).leadsTo(t, team+"/senders")
		require.Contains(t, html.UnescapeString(b.get(team+"/senders").text), "<h2>"+stored+"</h2>")
	}
	require.Equal(t, "+48221234567", settings.Dialed(" 22 123 45 67", "PL"))
	require.Equal(t, "+13125550142", settings.Dialed("+1 (312) 555-0142", ""))
	for _, stays := range []string{"", "12345678901234567890", "v_00112233", "US.13125550142", "555", "Anna"} {
		require.Equal(t, stays, settings.Dialed(stays, "US"))
	}
}
