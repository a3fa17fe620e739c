package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

func (b *browser) ofTeam() settings.Team {
	b.t.Helper()
	team, err := settings.FindTeam(b.t.Context(), b.db, b.gate.Company, b.team)
	require.NoError(b.t, err)
	return team
}

func TestTheTeamsSettings(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/team"
	form := b.get(path).form(t, "team")
	other := b.get(path).form(t, "team")
	form.Set("display_name", `Service "& <b>`)
	form.Set("allowed_countries", "us, ca")
	form.Set("contact_per_day", "7")
	form.Set("escalate_after_minutes", "90")
	form.Set("currency", "pln")
	form.Del("plain_letters")
	form.Set("ring_last_advisor", "true")
	form.Set("voice.greeting.text", "Good day.")
	form.Set("voice.ring_order", "all_at_once")
	form.Set("option.0.digit", "3")
	form.Set("option.0.label", "Leave a message")
	form.Set("option.0.to", "voicemail")
	for range 2 {
		answer := b.ask("POST", path, form)
		require.Equal(t, http.StatusSeeOther, answer.status, answer.text)
		require.Contains(t, b.get(answer.header.Get("Location")).text, "Saved ")
	}
	team := b.ofTeam()
	require.Equal(t, `Service "& <b>`, team.DisplayName)
	require.Equal(t, []string{"US", "CA"}, []string(team.AllowedCountries))
	require.Equal(t, []any{7, 5, false, true}, []any{team.ContactPerDay, team.ContactPerHour, team.PlainLetters, team.RingLastAdvisor})
	require.Equal(t, 90, team.EscalateAfterMinutes)
	require.Equal(t, "PLN", team.Currency)
	require.Equal(t, "Good day.", team.Voice.Greeting.Text)
	require.Equal(t, settings.RingAll, team.Voice.RingOrder)
	require.Equal(t, []settings.Option{{Digit: "3", Label: "Leave a message", To: "voicemail", Advisors: []string{}}}, team.Voice.Options)
	require.True(t, team.Voice.Whisper)

	other.Set("contact_per_hour", "2") // from a page that knows nothing of all this
	require.Equal(t, http.StatusSeeOther, b.ask("POST", path, other).status)
	team = b.ofTeam()
	require.Equal(t, []any{2, 7, `Service "& <b>`, 1}, []any{team.ContactPerHour, team.ContactPerDay, team.DisplayName, len(team.Voice.Options)})
	again := b.get(path)
	require.NotContains(t, again.text, `"& <b>`)
	require.Equal(t, "US CA", again.form(t, "team").Get("allowed_countries"))
}

func TestWhatATeamCannotBe(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path, before := "/teams/"+b.team+"/team", b.ofTeam()
	for _, one := range []struct{ field, value, fault string }{
		{"name", "", `id="name-fault">Enter a name`},
		{"time_zone", "Nowhere", `id="zone-fault">Choose one`},
		{"allowed_countries", "USA", `id="allowed_countries-fault">Enter two letters`},
		{"contact_per_hour", "many", `id="contact_per_hour-fault">Enter a whole number`},
		{"automatic_per_day", "-1", `id="automatic_per_day-fault">Enter a whole number`},
		{"voice.ring_seconds", "90", `id="voice.ring_seconds-fault">Enter a whole number from 5 to 60`},
		{"voice.menu.recording", "http://example.com/a.mp3", `id="voice.menu.recording-fault">Choose an MP3, WAV or AIFF file`},
		{"voice.greeting.text", "one\nmore", `id="voice.greeting.text-fault">Write one paragraph`},
		{"option.0.digit", "1", `id="tree-fault">Each key can be used once`},
		{"option.0.label", "</script><script>alert(1)</script>", `id="tree-fault">Each key can be used once`},
	} {
		form := b.get(path).form(t, "team")
		form.Set("display_name", "Typed as well")
		form.Set(one.field, one.value)
		answer := b.ask("POST", path, form)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status, one.field)
		require.Contains(t, answer.text, one.fault, one.field)
		require.NotContains(t, answer.text, "<script>alert")
		shown := answer.form(t, "team")
		require.Equal(t, []string{one.value, "Typed as well"}, []string{shown.Get(one.field), shown.Get("display_name")}, "nothing typed is lost")
	}
	require.Equal(t, before, b.ofTeam())
}

func TestTheCompanysName(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/company"
	require.Equal(t, http.StatusSeeOther, b.post(path, "company", "Blue Valley").status)
	require.Contains(t, b.get("/teams/"+b.team+"/team").text, `value="Blue Valley"`)
	require.Equal(t, http.StatusSeeOther, b.post(path, "company", "Blue Valley", "segment_price", "0,0079", "currency", "usd").status)
	shown := b.get("/teams/"+b.team+"/team").form(t, "company")
	require.Equal(t, []string{"0.0079", "USD"}, []string{shown.Get("segment_price"), shown.Get("currency")})
	refused := b.post(path, "company", "")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, `id="company-fault">Enter a name`)
	refused = b.post(path, "company", "Blue Valley", "segment_price", "cheap")
	require.Contains(t, refused.text, `id="price-fault">must be a number`)
	require.Contains(t, refused.text, `value="cheap"`)
	refused = b.post(path, "company", "Blue Valley", "segment_price", "1", "currency", "")
	require.Contains(t, refused.text, `id="price-currency-fault">must be the three letters`)
}
