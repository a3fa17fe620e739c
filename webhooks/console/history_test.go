package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// newest is the id of the newest change in a history of the API.
func (b *browser) newest(path string) string {
	var list struct{ Items []struct{ ID string } }
	require.NoError(b.t, json.Unmarshal([]byte(b.get("/api/v1"+path).text), &list))
	require.NotEmpty(b.t, list.Items)
	return list.Items[0].ID
}

func TestAChangeIsTakenBackByItsButton(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/team", "name", "Workshop", "display_name", "Workshop", "time_zone", "UTC", "language", "en")
	page := b.get(team + "/history").text
	id := b.newest(team + "/history")
	require.Contains(t, page, `action="`+team+`/history/`+id+`/restore"`)
	b.post(team+"/history/"+id+"/restore").leadsTo(t, team+"/history?restored=1")
	require.Contains(t, b.get(team+"/team").text, "Service")
}

// What a new thing has is no change of what it had: a schedule's days come out of nothing,
// and a field that is a question keeps its mark alone.
func TestTheHistorySaysNothingOfWhatWasNot(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team
	form := b.get(path+"/schedules/new").form(t, "schedule")
	form.Set("title", "Saturday")
	form["days"] = []string{"SA"}
	form.Set("business", "no")
	b.ask("POST", path+"/schedules", form).leadsTo(t, path+"/schedules")
	history := b.get(path + "/history").text
	history = history[strings.Index(history, `<main`):]
	require.Contains(t, history, "Ring schedule: Saturday")
	require.NotContains(t, history, "By a rule")
	require.NotContains(t, history, "?:")
}

// Who pressed the button saw the page as it was: what somebody else saved meanwhile is
// said, stands on the page, and is written over by a second press alone.
func TestARestoreSaysWhatSomebodySavedMeanwhile(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	save := func(name, language string) {
		b.post(team+"/team", "name", name, "display_name", "Service", "time_zone", "UTC", "language", language)
	}
	save("Workshop", "en")
	id := b.newest(team + "/history")
	press := team + "/history/" + id + "/restore"
	save("Workshop", "de") // beside it
	save("Garage", "de")
	theirs := b.newest(team + "/history")
	page := b.post(press, "seen", id)
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text, "Nothing was changed. Maria has changed this since: Name.")
	require.Contains(t, page.text, `<input type="hidden" name="seen" value="`+theirs+`"><button>Restore all the same</button>`)
	require.Contains(t, page.text, "<ins>Garage</ins>")
	b.post(press, "seen", theirs).leadsTo(t, team+"/history?restored=1")
	form := b.get(team + "/team").text
	require.Contains(t, form, `value="Service"`)
	require.Contains(t, form, `language&#34;:&#34;de&#34;`)

	b.post(team+"/replies", "title", "Hours", "text", "We open at eight.")
	made := b.newest(team + "/history")
	var replies struct{ Items []struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(b.get("/api/v1"+team+"/replies").text), &replies))
	b.post(team+"/replies/"+replies.Items[0].ID, "title", "Hours", "text", "We open at nine.")
	page = b.post(team+"/history/"+made+"/restore", "seen", made)
	require.Contains(t, page.text, ">Remove it all the same<")
	b.post(team + "/replies/" + replies.Items[0].ID + "/delete")
	changed := regexp.MustCompile(`/history/([0-9a-f-]+)/restore`).FindAllStringSubmatch(b.get(team+"/history").text, 2)[1][1]
	page = b.post(team+"/history/"+changed+"/restore", "seen", changed)
	require.Contains(t, page.text, "Maria has deleted this since.")
}

// What is done on a page is dated by the clock that is played, as what is done by the API.
func TestWhatAPageDoesIsDatedByThePlayedClock(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	played := time.Date(2027, 5, 4, 12, 0, 0, 0, time.UTC)
	b.clock.Stop(played)
	b.post("/teams/"+b.team+"/team", "name", "Workshop", "display_name", "Workshop", "time_zone", "UTC", "language", "en")
	var at time.Time
	require.NoError(t, b.db.Get(&at, `select at from history where team_id = $1 order by id desc limit 1`, b.team))
	require.True(t, at.Equal(played), "%s", at)
}

func TestTheCompanysHistory(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.post("/teams/"+b.team+"/company", "company", "Blue Valley")
	page := b.get("/history").text
	require.Contains(t, page, "Password chosen: Maria")
	require.Contains(t, page, "<del>Green Valley</del>")
	require.Equal(t, 2, strings.Count(page, ">Restore the earlier version<"), "both names of the company and no password: %s", page)
	id := b.newest("/history")
	b.post("/history/"+id+"/restore").leadsTo(t, "/history?restored=1")
	require.Contains(t, b.get("/").text+b.get("/account").text, "Green Valley")
	require.Contains(t, b.get("/teams/"+b.team+"/history").text, `href="/history"`)
}

func TestOnesOwnSessionsOnThePage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	other := *b
	other.Client = anew(t)
	other.ask("POST", "/sign-in", url.Values{"email": {"maria@example.com"}, "password": {password}}, "User-Agent", "<b>Firefox/1</b> Windows").leadsTo(t, "/")
	page := b.get("/account").text
	require.Contains(t, page, "Firefox, Windows")
	require.Contains(t, page, "This browser")
	b.post("/account/sessions").leadsTo(t, "/account#sessions")
	require.Equal(t, http.StatusSeeOther, other.get("/account").status, "signed out there")
	require.Equal(t, http.StatusOK, b.get("/account").status)
	require.NotContains(t, b.get("/account").text, "Firefox")
}
