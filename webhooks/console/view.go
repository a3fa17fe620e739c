package console

import (
	"bytes"
	"errors"
	"html"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	tables "ringback/settings/zone"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/api"
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
	for _, operation := range []string{"get-company", p.operation} {
		if err := v.Who.Allowed(operation); err != nil {
			return err
		}
	}
	company, err := settings.FindCompany(v.ctx(), v.db(), v.Who.CompanyID)
	if err != nil {
		return err
	}
	v.Company = company.Name
	if id := v.g.Param("team"); id != "" {
		if err := v.knowTeam(id); err != nil {
			return err
		}
		v.keep(teamCookie, id)
		return nil
	}
	// The company's pages stand beside the team that one was at.
	last, _ := v.g.Cookie(teamCookie)
	if err := v.knowTeam(last); err != nil {
		v.Team = Team{}
	}
	return nil
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

// Show answers the whole page from a template.
func (v *View) Show(name string, data any) error { return v.show(http.StatusOK, name, data) }

// ShowFault answers the page of a form that was refused, with 422.
func (v *View) ShowFault(name string, data any) error {
	return v.show(http.StatusUnprocessableEntity, name, data)
}

func (v *View) show(status int, name string, data any) error {
	v.Page = data
	content, err := v.render(name, data)
	if err != nil {
		return err
	}
	v.heading = headingOf(content)
	body, err := v.render("layout.html", template.HTML(content)) // #nosec G203 -- our own template made it
	if err != nil {
		return err
	}
	if status >= http.StatusBadRequest {
		body = landing(body)
	}
	v.g.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// Part answers a piece of a page, for htmx to put in its place.
func (v *View) Part(name string, data any) error { return v.partOf(http.StatusOK, name, data) }

func (v *View) partOf(status int, name string, data any) error {
	body, err := v.render(name, data)
	if err != nil {
		return err
	}
	v.g.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// Title is whom or what the page is about, as its heading says it; empty: what its entry
// of the rail says.
func (v *View) Title() string {
	if v.Nav != "" && strings.HasPrefix(v.heading, v.T("nav."+v.Nav)) { // "Team: Service" as well
		return ""
	}
	return v.heading
}

var (
	heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	tag     = regexp.MustCompile(`<[^>]*>`)
)

// headingOf is what a page calls itself, as plain words.
func headingOf(page []byte) string {
	found := heading.FindSubmatch(page)
	if found == nil {
		return ""
	}
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(string(found[1]), ""))), " ")
}

func (v *View) render(name string, data any) ([]byte, error) {
	var page bytes.Buffer
	pages, err := v.console.pages.In(v.Words)
	if err == nil {
		err = pages.ExecuteTemplate(&page, name, v.Of(data))
	}
	return page.Bytes(), err
}

// Of is this view with other data: {{template "row" ($.Of .)}}.
func (v *View) Of(data any) *View {
	other := *v
	other.Data = data
	return &other
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

// problem is a request that a page cannot take, with the status of the answer
// and why in the reader's words.
type problem struct {
	Status int
	Detail string
}

func (p *problem) Error() string { return p.Detail }

// fail answers an error with the page that says so. Who is not signed in is
// asked to, and comes back afterwards.
func (v *View) fail(err error) {
	if errors.Is(err, staff.ErrProve) {
		if err = v.askProof(""); err == nil {
			return
		}
	}
	if errors.Is(err, staff.ErrEnrol) {
		_ = v.Go("/account/second-factor") // cannot fail
		return
	}
	status, detail := v.answer(err)
	if status == http.StatusUnauthorized {
		_ = v.Go("/sign-in?next=" + url.QueryEscape(v.g.Request.URL.RequestURI())) // cannot fail
		return
	}
	if status == http.StatusServiceUnavailable {
		v.g.Header("Retry-After", api.RetryAfter)
	}
	if v.Partial() {
		v.g.String(status, "%s", detail)
		return
	}
	if err := v.show(status, "error.html", &problem{status, detail}); err != nil {
		v.console.Log.Error("a page failed", "path", v.pattern(), "error", err)
		v.g.Status(http.StatusInternalServerError)
	}
}

// pattern is what of the page's address may be logged: that of a one-time link lets in
// whoever reads it.
func (v *View) pattern() string { return v.g.FullPath() }

// answer is an error as the status and the words of an answer.
func (v *View) answer(err error) (int, string) {
	var denied staff.Denied
	var conflict *settings.Conflict
	var p *problem
	said, refused := v.refusal(err)
	switch {
	case errors.Is(err, errSignedOut):
		return http.StatusUnauthorized, ""
	case errors.As(err, &denied):
		return http.StatusForbidden, said
	case errors.As(err, &p):
		return p.Status, p.Detail
	case errors.Is(err, settings.ErrNotFound):
		return http.StatusNotFound, said
	case errors.As(err, &conflict):
		return http.StatusConflict, said
	case refused:
		return http.StatusUnprocessableEntity, said
	}
	unexpected := api.ProblemOf(v.ctx(), v.pattern(), err) // which logs it
	if api.Unavailable(err) {
		return unexpected.Status, v.T("error.unavailable_lead")
	}
	return unexpected.Status, unexpected.Detail
}
