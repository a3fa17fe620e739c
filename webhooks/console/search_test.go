package console_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

func TestACompanyOfManyTeamsAndPeople(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	for n := range 60 {
		team := settings.NewTeam()
		team.Name, team.TimeZone = fmt.Sprintf("Branch %02d", n), "UTC"
		_, err := settings.CreateTeam(t.Context(), b.db, b.gate.Company, "test", team)
		require.NoError(t, err)
		person := settings.NewMember()
		person.Name, person.Email, person.Role = fmt.Sprintf("Ann %02d", n), fmt.Sprintf("ann%02d@example.com", n), settings.RoleAdvisor
		_, err = settings.CreateMember(t.Context(), b.db, b.gate.Company, "test", person)
		require.NoError(t, err)
	}
	for path, one := range map[string]struct {
		row       string
		all, left int
	}{"/teams": {`class="card-link"`, 61, 11}, "/staff": {`<td data-label="Name"><a href="/staff/`, 61, 11}} {
		first := b.get(path).text
		require.Equal(t, 50, strings.Count(first, one.row), path)
		_, next, found := strings.Cut(first, `href="?cursor=`)
		require.True(t, found, "a page follows")
		next, _, _ = strings.Cut(next, `"`)
		require.Equal(t, one.left, strings.Count(b.get(path+"?cursor="+next).text, one.row), path)
		require.Equal(t, 1, strings.Count(b.get(path+"?q=+nn+07").text+b.get(path+"?q=CH+07").text, one.row), path)
		require.Equal(t, 0, strings.Count(b.get(path+"?q=zebra").text, one.row))
		require.NotContains(t, b.get(path+`?q="><script>alert(1)</script>`).text, "<script>alert")
	}
	form := b.get("/staff").text
	require.Equal(t, 61, strings.Count(form, `type="checkbox" name="teams"`), "somebody can be put on any team")
	require.Equal(t, 60, strings.Count(b.get("/teams/"+b.team+"/team").text, `<option value="team:`), "and a call be led to any")
}

// TestNothingFitsAFilter: who chose filters alone typed no number that could be checked,
// and is shown the way back to all.
func TestNothingFitsAFilter(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	for path, said := range map[string]string{
		"/tickets?view=all&channel=voice":   `No tickets match these filters. <a href="?view=all">Show all</a>`,
		"/decisions?automation=rate_ticket": `No decisions match these filters. <a href="` + team + `/decisions">Show all</a>`,
		"/deliveries?state=failed":          `No message is in this state. <a href="` + team + `/deliveries">Show all</a>`,
	} {
		shown := b.get(team + path).text
		require.Contains(t, shown, said, path)
		require.NotContains(t, shown, "Check the number", path)
	}
	require.Contains(t, b.get(team+"/decisions?contact=%2B13125550142").text, "Check the number")
}
