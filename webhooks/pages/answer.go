package pages

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/settings/text"
)

// Bounds of what a form brings: in bytes altogether, and in letters of a
// comment.
const (
	maxForm    = 64 << 10
	maxComment = 1000
)

// read adds to the view what was answered, and what was attached.
func (p *Pages) read(g *gin.Context, v *View) error {
	err := p.attached(g, v)
	if err == nil {
		err = p.payment(g, v)
	}
	if err == nil && v.Answer != nil {
		err = json.Unmarshal(*v.Answer, &v.Given)
	}
	if err != nil {
		p.fail(g, err)
	}
	return err
}

// answer takes what the customer says on the page, once.
func (p *Pages) answer(g *gin.Context) {
	if foreign(g.Request) {
		p.message(g, http.StatusForbidden, "foreign")
		return
	}
	v, ok := p.find(g)
	if !ok {
		return
	}
	g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, maxForm)
	if err := g.Request.ParseForm(); err != nil {
		v.Fault = "form"
		p.draw(g, http.StatusBadRequest, v.Kind+".html", v)
		return
	}
	if v.Kind == rules.AskPayment {
		p.pay(g, v)
		return
	}
	if v.Kind == rules.AskPhotoVideo {
		v.Sent = named(g.Request.PostForm.Get("form"))
	}
	if v.Kind == rules.AskPhotoVideo && v.State != requests.Answered && v.Live(p.Clock.Now()) {
		a, err := p.sent(g, v)
		p.giveFiles(g, v, a, err)
		return
	}
	a, fault := v.said(g.Request.PostForm.Get)
	if fault != "" && v.State != requests.Answered && v.Live(p.Clock.Now()) {
		v.Fault, v.Comment = fault, clipped(g.Request.PostForm.Get("comment"))
		p.draw(g, http.StatusUnprocessableEntity, v.Kind+".html", v)
		return
	}
	p.give(g, v, a)
}

// give stores the answer and leads back to the page, which shows it. Whoever
// comes too late is shown why; who says the same again has said it.
func (p *Pages) give(g *gin.Context, v View, a requests.Answer) {
	given, err := v.GiveOnPage(g.Request.Context(), p.DB, a, v.Sent, p.Clock.Now())
	if err != nil {
		p.fail(g, err)
		return
	}
	if given {
		p.tell(g.Request.Context(), "request", v.CompanyID, v.TeamID, v.ID)
		g.Redirect(http.StatusSeeOther, v.Path)
		return
	}
	p.drop(g.Request.Context(), v, a.Files...)
	after, ok := p.find(g)
	if !ok {
		return
	}
	switch {
	case after.State == requests.Answered && (after.Given.Same(a) || v.Sent != "" && v.Sent == after.Form):
		g.Redirect(http.StatusSeeOther, v.Path)
	case after.State == requests.Answered:
		after.Fault = "twice"
		p.draw(g, http.StatusConflict, "answered.html", after)
	case after.State == requests.Cancelled:
		p.draw(g, http.StatusGone, "cancelled.html", after)
	default:
		p.draw(g, http.StatusGone, "expired.html", after)
	}
}

// said reads a form as the answer to the page's question, or says by a key
// what is missing.
func (v View) said(field func(string) string) (requests.Answer, string) {
	a := requests.Answer{Comment: clipped(field("comment"))}
	word, yes := field("answer"), true
	switch v.Kind {
	case rules.AskApproval:
		if !slices.Contains([]string{"approve", "decline"}, word) {
			return a, "choose"
		}
		yes = word == "approve"
		a.Approved = &yes
	case rules.AskResolved:
		if !slices.Contains([]string{"yes", "no"}, word) {
			return a, "choose"
		}
		yes = word == "yes"
		a.Resolved = &yes
	case rules.AskRating:
		score, err := strconv.Atoi(field("score"))
		if err != nil || score < 1 || score > 5 {
			return a, "score"
		}
		a.Score = score
	default:
		return a, "choose"
	}
	return a, ""
}

// clipped is a comment as it is kept.
func clipped(comment string) string {
	comment = text.WithoutLinks(comment)
	comment = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(comment, ""), "\x00", ""))
	if utf8.RuneCountInString(comment) > maxComment {
		comment = string([]rune(comment)[:maxComment])
	}
	return comment
}

// named is the name of a form of photos; empty: it has none.
func named(form string) string {
	if !settings.IsID(form) {
		return ""
	}
	return form
}

// foreign reports whether another site's page sent the form. Browsers say so;
// what says nothing is no browser.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "cross-site"
}
