package console_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// landed is the page that a save leads to: its word that it was saved stands once, where
// the address leads, in the part that was saved.
func (b *browser) landed(t *testing.T, after page, part string) {
	t.Helper()
	to := after.header.Get("Location")
	require.True(t, strings.HasSuffix(to, "#saved"), "%d %s", after.status, to)
	text := b.get(strings.TrimSuffix(to, "#saved")).text
	require.Equal(t, 1, strings.Count(text, `id="saved"`), to)
	before := text[:strings.Index(text, `id="saved"`)]
	require.Regexp(t, regexp.QuoteMeta(part)+`(?s:.{0,700})$`, before, to)
}

// TestASaveKeepsThePlaceOnThePage: no page jumps to its head.
func TestASaveKeepsThePlaceOnThePage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	form := b.get(team+"/team").form(t, "team")
	form.Set("contact_per_day", "7")
	b.landed(t, b.ask("POST", team+"/team", form), `id="s-limits"`)
	form = b.get(team+"/team").form(t, "team")
	form.Set("voice.ring_seconds", "31")
	b.landed(t, b.ask("POST", team+"/team", form), `id="s-calls"`)
	b.landed(t, b.ask("POST", team+"/company", b.get(team+"/team").form(t, "company")), `id="s-company"`)

	messages := b.get(b.messages()).form(t, "messages")
	messages.Set("after_hours_call.message", "Closed.")
	answer := b.ask("POST", b.messages(), messages)
	to, err := url.Parse(answer.header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, "after_hours_call", to.Query().Get("at"))
	require.Regexp(t, `id="saved" [^>]*>Saved \d\d:\d\d</p>\n<section class="card auto" id="after_hours_call"(?s:.{0,600})<details open>`, b.get(to.Path+"?"+to.RawQuery).text)

	added := b.post(team+"/senders", "kind", "sms", "address", "+15005550006")
	b.landed(t, added, `id="sender-`)
	sender := b.ofTeamSenders()[0].ID
	b.landed(t, b.post(team+"/senders/"+sender, "kind", "sms", "rate", "2", "rate_was", "1"), `id="sender-`+sender)
	b.landed(t, b.post(team+"/replies", "title", "hello", "text", "Hello there"), `id="reply-`)
	b.landed(t, b.post(team+"/holidays/close", "how", "on", "date", "2031-12-24"), `id="holidays"`)
	b.post(team+"/schedules", "title", "Late", "kind", "once", "date", "2031-06-01", "from", "08:00", "to", "09:00", "time_zone", "UTC", "enabled", "true")
	late := b.kept()[0].ID
	b.landed(t, b.post(team+"/schedules/"+late+"/switch", "enabled", "false"), `class="card schedule`)
	b.landed(t, b.post("/notices", "message.email", "1"), `class="picks-when"`)
	b.landed(t, b.post("/second-factor"), `<section class="section"`)
}

// TestAContactIsBlockedInOnePress, which says what it does, and let through in another.
func TestAContactIsBlockedInOnePress(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/contacts", "name", "Ann", "address", "+13125550142")
	page := team + "/contacts/" + b.newest(team+"/contacts")
	require.Contains(t, b.get(page).text, "nobody’s phone rings")
	for _, one := range [][2]string{{"yes", "Unblock"}, {"no", "Block"}} {
		b.landed(t, b.post(page+"/block", "blocked", one[0]), `id="blocking"`)
		require.Regexp(t, `name="blocked" value="(yes|no)"[^>]*>`+one[1]+`</button>`, b.get(page).text)
	}
	b.post(page+"/block", "blocked", "yes")
	b.post(page, "name", "Ann B.", "addresses", "+13125550142").leadsTo(t, page)
	require.Contains(t, b.get(page).text, "Unblock", "saving the name leaves it")
}

// TestAnotherTeamIsShownOnTheSamePage, and of what is one team's alone the list it is in.
func TestAnotherTeamIsShownOnTheSamePage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	other := settings.NewTeam()
	other.Name, other.TimeZone = "Sales", "UTC"
	other, err := settings.CreateTeam(t.Context(), b.db, b.gate.Company, "test", other)
	require.NoError(t, err)
	for path, wanted := range map[string]string{
		"/automations": "automations", "/schedules": "schedules", "/schedules/new": "schedules", "/senders": "senders", "/senders/new": "senders",
		"/templates": "senders", "/labels": "tickets", "/team": "team", "/tickets?status=all": "tickets", "/history": "history",
	} {
		text := b.get("/teams/" + b.team + path).text
		require.Contains(t, text, `class="team-switch" href="/teams?page=`+wanted+`"`, path)
		require.Contains(t, b.get("/teams?page="+wanted).text, `href="/teams/`+other.ID+"/"+wanted+`"`, path)
	}
	require.Contains(t, b.get("/teams?page=../nonsense").text, `href="/teams/`+other.ID+`"`)
	require.Contains(t, b.get("/teams?page=senders&q=Sal").text, `name="page" value="senders"`)
}
