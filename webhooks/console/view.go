package console

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	tables "ringback/settings/zone"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/web/i18n"
)

// View is one request for a page: who asks, about which team, in which
// language. Templates get it as their dot.
type View struct {
	Who     staff.Principal
	Company string // its name
	Team    Team   // the one in the path; empty on the company's pages
	Words   *i18n.Language
	Nav     string // the rail's entry
	Path    string // of the page, without its query
	Data    any    // what the page's handler found
	Page    any    // likewise, also where a part of the template has data of its own

	heading string // of the page, once it is drawn
	counted *railCounts
	console *Console
	g       *gin.Context
	now     time.Time
}

// Team is the team that a page is about, with its zone.
type Team struct {
	settings.Team
	zone *time.Location
}

func (c *Console) view(g *gin.Context, p page) *View {
	chosen, _ := g.Cookie(languageCookie)
	return &View{
		counted: &railCounts{}, console: c, g: g, Nav: p.nav, Path: g.Request.URL.Path, now: c.Clock.Now(),
		Words: c.words.Match(chosen, g.GetHeader("Accept-Language")),
	}
}

// run finds who asks and about which team, and shows the page to who may see it.
func (v *View) run(p page) error {
	if v.console.Gate.CrossOrigin(v.g.Request) != nil {
		return staff.Deny("denied_site")
	}
	who, err := v.console.Gate.Principal(v.g.Request)
	switch {
	case errors.Is(err, settings.ErrNotFound) && !p.open():
		return errSignedOut
	case err != nil && !errors.Is(err, settings.ErrNotFound):
		return err
	case err == nil:
		v.Who = who
		if who.Language != "" {
			v.Words = v.console.words.Match(who.Language, "")
		}
		if err := v.know(p); err != nil {
			return err
		}
	}
	if shown, err := v.prove(); shown || err != nil {
		return err
	}
	if asked, err := v.ask(p.operation); asked || err != nil {
		return err
	}
	return p.show(v)
}

// errSignedOut is a page that asks for somebody who is signed in.
var errSignedOut = errors.New("nobody is signed in")

// know asks whether the page may be seen, and reads the company and the team
// that it is about. Whoever sees no settings at all has no use for a page.
func (v *View) know(p page) error {
	if err := v.Who.Allowed("get-company"); err != nil {
		return err
	}
	company, err := settings.FindCompany(v.ctx(), v.db(), v.Who.CompanyID)
	if err != nil {
		return err
	}
	v.Company = company.Name
	denied := v.Who.Allowed(p.operation) // whose page stands beside the team as well
	if id := v.g.Param("team"); id != "" {
		if err := v.knowTeam(id); denied != nil || err != nil {
			return cmp.Or(denied, err)
		}
		v.keep(teamCookie, id)
		return nil
	}
	// The company's pages stand beside the team that one was at.
	last, _ := v.g.Cookie(teamCookie)
	if err := v.knowTeam(last); err != nil {
		v.Team = Team{}
	}
	return denied
}

func (v *View) knowTeam(id string) error {
	if !settings.IsID(id) || !v.Who.Reaches(id) {
		return settings.ErrNotFound
	}
	found, err := settings.FindTeam(v.ctx(), v.db(), v.Who.CompanyID, id)
	if err != nil {
		return err
	}
	zone, _ := tables.Load(found.TimeZone) // no unknown zone is stored
	v.Team = Team{found, zone}
	return nil
}

// db is what the use cases read and write.
func (v *View) db() *sqlx.DB { return v.console.Gate.DB }

// The cookies keep what somebody chose; neither says who they are.
const (
	languageCookie = "ringback_language"
	teamCookie     = "ringback_team"
)

// keep has the browser remember a choice for a year; nothing forgets it.
func (v *View) keep(name, value string) {
	kept := int((365 * 24 * time.Hour).Seconds())
	if value == "" {
		kept = -1
	}
	http.SetCookie(v.g.Writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: kept,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.console.Gate.Secure(),
	})
}

// Go sends the browser to another page; after a form it asks for it anew. A
// request of htmx is told in its own way.
func (v *View) Go(path string) error {
	if v.Partial() {
		v.g.Header("HX-Redirect", path)
		v.g.Status(http.StatusNoContent)
		return nil
	}
	v.g.Redirect(http.StatusSeeOther, path)
	return nil
}

// Partial reports whether htmx asks.
func (v *View) Partial() bool { return v.g.GetHeader("HX-Request") == "true" }

// Query is a value of the address, Form one of a posted form.
func (v *View) Query(name string) string { return strings.TrimSpace(v.g.Query(name)) }

// Form is a value of a posted form, its line ends as a text has them.
func (v *View) Form(name string) string { return strings.ReplaceAll(v.g.PostForm(name), "\r\n", "\n") }

// ID is the path's id; what is no id is not found.
func (v *View) ID() (string, error) {
	id := v.g.Param("id")
	if !settings.IsID(id) {
		return "", settings.ErrNotFound
	}
	return id, nil
}
