package pages

import (
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	zones "ringback/settings/zone"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/settings"
	"ringback/webhooks/web/assets"
	"ringback/webhooks/web/i18n"
)

// View is what a page is drawn from.
type View struct {
	requests.Page
	Words   *i18n.Language
	Path    string // of this page
	Given   requests.Answer
	Pay     payment
	Files   []shown // what the advisor attached
	Fault   string  // the key of what was wrong with what was sent
	Comment string  // what was typed, kept
	Message string  // the key of a page that only says something
	Sent    string  // the name of the form of photos that came
}

// shown is a file on a page.
type shown struct {
	URL, Name, Kind string // image, audio, video or file
}

// Amount is the money as the customer reads it.
func (v View) Amount() string {
	if v.Page.Amount == nil {
		return ""
	}
	return requests.Money(*v.Page.Amount, v.Currency, v.Words.Tag)
}

// Advisor is whom a rating is about.
func (v View) Advisor() string {
	if v.Name == nil || *v.Name == "" {
		return v.Team
	}
	return *v.Name
}

// Until is the last day of the link, where the team is.
func (v View) Until() string {
	zone, err := zones.Load(v.Zone)
	if err != nil {
		zone = time.UTC
	}
	return v.Words.Date(v.ExpiresAt.In(zone), time.Time{})
}

// NewForm names the form of photos on this page: one that is sent twice is known by it.
func (v View) NewForm() string { return uuid.NewString() }

// Yes is whether an answer that there is says so.
func (v View) Yes(answer *bool) bool { return answer != nil && *answer }

// functions are what templates call.
func functions(l *i18n.Language) template.FuncMap {
	return template.FuncMap{
		"t":      l.T,
		"lang":   func() string { return l.Tag },
		"sheets": func() []string { return []string{assets.Stylesheet.URL, style.URL} },
		"upload": func() string { return upload.URL },
		"scores": func() []int { return []int{1, 2, 3, 4, 5} },
		"stars":  func(n int) string { return strings.Repeat("★", n) + strings.Repeat("☆", 5-n) },
	}
}

// find is the request that the address leads to, or a page that says why there
// is none; then the second value is false.
func (p *Pages) find(g *gin.Context) (View, bool) {
	found, err := requests.PageOf(g.Request.Context(), p.DB, g.Param("token"))
	if errors.Is(err, settings.ErrNotFound) {
		if g.Request.Method == http.MethodGet {
			p.file(g)
		} else {
			p.message(g, http.StatusNotFound, "unknown")
		}
		return View{}, false
	}
	if err != nil {
		p.fail(g, err)
		return View{}, false
	}
	v := View{Page: found, Words: p.templates.Words.Match(found.Language, ""), Path: "/r/" + g.Param("token")}
	return v, p.read(g, &v) == nil
}

// head answers those who look whether there is a page, and nothing more.
func (p *Pages) head(g *gin.Context) {
	p.guard(g, "")
	g.Status(http.StatusOK)
}

// show draws the page. The first time that a person opens it, it is seen.
func (p *Pages) show(g *gin.Context) {
	v, ok := p.find(g)
	if !ok {
		return
	}
	now := p.Clock.Now()
	switch {
	case v.State == requests.Answered:
		p.draw(g, http.StatusOK, "answered.html", v)
	case v.Processing != nil:
		p.draw(g, http.StatusOK, "payment.html", v)
	case v.State == requests.Cancelled:
		p.draw(g, http.StatusGone, "cancelled.html", v)
	case !v.Live(now):
		p.draw(g, http.StatusGone, "expired.html", v)
	default:
		if !previews(g.Request) {
			if err := p.see(g, v); err != nil {
				p.fail(g, err)
				return
			}
		}
		p.draw(g, http.StatusOK, v.Kind+".html", v)
	}
}

func (p *Pages) see(g *gin.Context, v View) error {
	if v.State != requests.Open {
		return nil
	}
	if err := v.SeeOnPage(g.Request.Context(), p.DB, p.Clock.Now()); err != nil {
		return err
	}
	p.tell(g.Request.Context(), "request", v.CompanyID, v.TeamID, v.ID)
	return nil
}

// previews reports whether a machine asks, to show its user what a link leads
// to. Nothing rests on knowing each of them: to be seen is no answer.
func previews(r *http.Request) bool {
	agent := strings.ToLower(r.UserAgent())
	for _, word := range []string{"bot", "preview", "facebookexternalhit", "whatsapp", "crawler", "spider", "skypeuripreview"} {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return strings.Contains(r.Header.Get("Sec-Purpose")+r.Header.Get("Purpose"), "prefetch")
}

// draw writes a page.
func (p *Pages) draw(g *gin.Context, status int, name string, v View) {
	page, err := p.templates.Draw(v.Words, name, v)
	if err != nil {
		p.fail(g, err)
		return
	}
	p.guard(g, v.Pay.Origin)
	g.Data(status, "text/html; charset=utf-8", page)
}

// message is a page that only says something, to whoever it is.
func (p *Pages) message(g *gin.Context, status int, key string) {
	p.draw(g, status, "message.html", View{Words: p.templates.Words.Match("", g.GetHeader("Accept-Language")), Message: key})
}

// fail says that it was our fault. What went wrong stands in the log; where
// does not, for the address is the customer's secret.
func (p *Pages) fail(g *gin.Context, err error) {
	if !events.AskerLeft(g.Request.Context(), err) {
		p.Log.Error("a customer's page could not be shown", "error", err)
	}
	g.Header("Retry-After", "5")
	p.guard(g, "")
	g.String(http.StatusServiceUnavailable, "Something went wrong here. Please try again in a moment.\n")
}

// guard lets a page load what is ours alone, and keeps it to this customer. A
// form may lead to where they pay.
func (p *Pages) guard(g *gin.Context, origin string) {
	h := g.Writer.Header()
	h.Set("Content-Security-Policy", strings.TrimSpace("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "+
		"base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+origin))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// attached are the files that the advisor attached, as links that open
// nothing else.
func (p *Pages) attached(g *gin.Context, v *View) error {
	for _, id := range v.Page.Files() {
		m, err := media.Find(g.Request.Context(), p.DB, v.CompanyID, v.TeamID, id)
		if errors.Is(err, settings.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		address := p.Media.Link(v.CompanyID, id, media.ToShow, 2*time.Hour)
		v.Files = append(v.Files, shown{URL: strings.TrimPrefix(address, strings.TrimSuffix(p.PublicURL(), "/")), Name: m.Name, Kind: media.Shown(m.ContentType)})
	}
	return nil
}
