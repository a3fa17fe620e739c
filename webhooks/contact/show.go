package contact

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"ringback/gateway/events"
	"ringback/settings"
	"ringback/webhooks/chat/widget"
	"ringback/webhooks/web/assets"
	"ringback/webhooks/web/i18n"
)

// View is what the page is drawn from.
type View struct {
	Words   *i18n.Language
	Path    string // of this page
	URL     string // of this page, for others
	Chosen  string // the language in the address; empty: the browser's
	Team    *settings.Snapshot
	Name    string
	Hours   hours
	Ways    []way
	Chat    string // the site key; empty: there is no chat
	Form    form
	Sent    bool
	Message string // the key of a page that only says something
}

// functions are what templates call.
func functions(l *i18n.Language) template.FuncMap {
	return template.FuncMap{
		"t":      l.T,
		"lang":   func() string { return l.Tag },
		"langs":  func() []string { return i18n.Tags },
		"named":  func(tag string) string { return i18n.Names[tag] },
		"sheets": func() []string { return []string{assets.Stylesheet.URL, style.URL} },
		"widget": func() string { return widget.File.URL },
	}
}

// Here is the address of this page in the language that was chosen.
func (v View) Here() string {
	if v.Chosen == "" {
		return v.Path
	}
	return v.Path + "?" + url.Values{"lang": {v.Chosen}}.Encode()
}

// find is the team that the address names; where there is none, the page says
// so and the second value is false.
func (p *Contact) find(g *gin.Context) (View, bool) {
	team, err := settings.LoadPublic(g.Request.Context(), p.DB, strings.TrimSuffix(g.Param("team"), ".vcf"))
	if errors.Is(err, settings.ErrNotFound) {
		p.message(g, http.StatusNotFound, "unknown")
		return View{}, false
	}
	if err != nil {
		p.fail(g, err)
		return View{}, false
	}
	v := View{Team: team, Name: team.Team.DisplayName, Path: "/c/" + team.Team.ID, Words: p.language(g, team.Team.Language)}
	v.URL = strings.TrimSuffix(p.PublicURL(), "/") + v.Path
	if chosen := g.Query("lang"); chosen == v.Words.Tag {
		v.Chosen = chosen
	}
	v.Hours = opening(team, v.Words, p.Clock.Now())
	v.Ways, v.Chat = ways(team.Senders)
	return v, true
}

// language is what was chosen, else the browser's, else the team's.
func (p *Contact) language(g *gin.Context, team string) *i18n.Language {
	chosen, accepted := g.Query("lang"), g.GetHeader("Accept-Language")
	if accepted == "" {
		accepted = team
	}
	return p.templates.Words.Match(chosen, accepted)
}

// show draws the page, or hands out the vCard.
func (p *Contact) show(g *gin.Context) {
	v, ok := p.find(g)
	if !ok {
		return
	}
	if strings.HasSuffix(g.Param("team"), ".vcf") {
		p.card(g, v)
		return
	}
	v.Sent = g.Query("sent") != ""
	v.Form = newForm()
	p.draw(g, http.StatusOK, "contact.html", v)
}

// policy lets the page load what is ours alone, and nobody frame it.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// draw writes a page.
func (p *Contact) draw(g *gin.Context, status int, name string, v View) {
	page, err := p.templates.Draw(v.Words, name, v)
	if err != nil {
		p.fail(g, err)
		return
	}
	h := g.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	// not "no-referrer": the chat would come from Origin null, which is nobody's
	h.Set("Referrer-Policy", "same-origin")
	h.Add("Vary", "Accept-Language")
	g.Data(status, "text/html; charset=utf-8", page)
}

// message is a page that only says something, to whoever it is.
func (p *Contact) message(g *gin.Context, status int, key string) {
	p.draw(g, status, "message.html", View{Words: p.language(g, ""), Message: key})
}

// fail says that it was our fault.
func (p *Contact) fail(g *gin.Context, err error) {
	if !events.AskerLeft(g.Request.Context(), err) {
		p.Log.Error("a contact page failed", "error", err)
	}
	g.Header("Retry-After", "5")
	g.Header("Cache-Control", "no-store")
	g.String(http.StatusServiceUnavailable, "Something went wrong here. Please try again in a moment.\n")
}
