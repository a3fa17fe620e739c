package console

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ringback/settings"
	"ringback/webhooks/api"
	"ringback/webhooks/web/i18n"
)

// home leads to the team that one was at last, or to the only one, or to the
// list.
func (v *View) home() error {
	if v.Team.ID != "" {
		return v.team()
	}
	found, err := settings.ListTeams(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, "", "", 2)
	if err != nil {
		return err
	}
	if len(found) == 1 {
		v.Team.Team = found[0]
		return v.team()
	}
	return v.Go("/teams")
}

// team leads to the team's first page that one may see.
func (v *View) team() error {
	for _, g := range v.Rail() {
		for _, e := range g.Entries {
			if !e.company {
				return v.Go(v.At(e))
			}
		}
	}
	return v.Go("/teams")
}

type teamsPage struct {
	Items  []settings.Team
	Search string
	Older  string
	Page   string // of a team, to which each of them leads; empty: its first
}

// teams is the list of those that one may see.
func (v *View) teams() error {
	q := v.Query("q")
	list, err := api.Listed(v.paged(50), func(t settings.Team) string { return t.ID }, func(before string, limit int) ([]settings.Team, error) {
		return settings.ListTeams(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, q, before, limit)
	})
	if err != nil {
		return err
	}
	asked := url.Values{}
	if q != "" {
		asked.Set("q", q)
	}
	page := teamPath(v.Query("page"))
	if page != "" {
		asked.Set("page", page)
	}
	return v.Show("teams.html", teamsPage{list.Body.Items, q, older(asked, list.Body.Next), page})
}

// Kept is the page of a team that is shown, which the choice of another team keeps: of
// what is one team's alone (a ticket, a schedule) the list that it stands in.
func (v *View) Kept() string {
	if v.Path == "/teams" {
		return teamPath(v.Query("page"))
	}
	of, found := strings.CutPrefix(v.Path, "/teams/"+v.g.Param("team")+"/")
	if v.g.Param("team") == "" || !found {
		return ""
	}
	first, _, _ := strings.Cut(of, "/")
	return cmp.Or(teamPath(first), teamPath(v.Nav))
}

// teamPath is the name if every team has such a page, else empty.
func teamPath(name string) string {
	for _, g := range rail {
		if slices.ContainsFunc(g.Entries, func(e entry) bool { return !e.company && e.Path == "/"+name }) {
			return name
		}
	}
	return ""
}

// chooseLanguage keeps the choice, of who is signed in with their account and
// else in the browser, and goes back to where one was.
func (v *View) chooseLanguage() error {
	chosen := v.Form("language")
	if v.Who.StaffID != "" {
		if err := v.console.Gate.SetLanguage(v.ctx(), v.Who, chosen); err != nil {
			return err
		}
	}
	if i18n.Names[chosen] == "" { // as the browser says
		chosen = ""
	}
	v.keep(languageCookie, chosen)
	return v.Go(ownPath(v.Form("back")))
}

// ownPath lets nobody be led to another site. Browsers drop tabs and the ends of
// lines, and take a backslash for a slash: what no address of ours has, none
// may have.
func ownPath(path string) string {
	odd := func(r rune) bool {
		return r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
	}
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, odd) {
		return "/"
	}
	return path
}

// Languages is what the console speaks, for the switch.
func (v *View) Languages() []string { return i18n.Tags }

// LanguageName is what a language calls itself.
func (v *View) LanguageName(tag string) string { return i18n.Names[tag] }

// allTeams are all that one may see, to choose from.
func (v *View) allTeams() ([]settings.Team, error) {
	return settings.ListTeams(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, "", "", most)
}

// paged is the page of a list that the address asks for.
func (v *View) paged(limit int) api.Page { return api.Page{Limit: limit, Cursor: v.Query("cursor")} }

// older is the address of the page that follows; empty: there is none.
func older(asked url.Values, next *string) string {
	if next == nil {
		return ""
	}
	asked.Set("cursor", *next)
	return "?" + asked.Encode()
}
