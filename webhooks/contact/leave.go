package contact

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"ringback/gateway"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/text"
	"ringback/webhooks/web/limit"
)

// form is what somebody typed, and what is wrong with it.
type form struct {
	Once              string // the same as long as it is the same form
	Name, Phone, Text string
	Faults            map[string]string // by field, the key of what to say; "" is the whole
}

// Bounds of what a form brings: in bytes altogether, and in letters.
const (
	maxForm = 64 << 10
	maxName = 200
	maxText = 4000
)

func newForm() form { return form{Once: uuid.NewString(), Faults: map[string]string{}} }

var onceKey = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// leave takes a ticket and leads back to the page, which says thank you.
func (p *Contact) leave(g *gin.Context) {
	v, ok := p.find(g)
	if !ok {
		return
	}
	g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, maxForm)
	v.Form = newForm()
	if err := g.Request.ParseForm(); err != nil {
		status, key := http.StatusBadRequest, "form"
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			status, key = http.StatusRequestEntityTooLarge, "long"
		}
		v.Form.Faults[""] = key
		p.draw(g, status, "contact.html", v)
		return
	}
	v.Form.read(g.Request.PostForm)
	phone := v.Form.check(v.Team.Senders)
	if len(v.Form.Faults) > 0 {
		p.draw(g, http.StatusUnprocessableEntity, "contact.html", v)
		return
	}
	if g.PostForm("website") == "" { // people do not see that field; what fills it in is thanked
		if !p.may(g, v, phone) {
			return
		}
		if err := p.open(g.Request.Context(), v, phone); err != nil {
			p.fail(g, err)
			return
		}
	}
	to := url.Values{"sent": {"1"}}
	if v.Chosen != "" {
		to.Set("lang", v.Chosen)
	}
	g.Redirect(http.StatusSeeOther, v.Path+"?"+to.Encode()+"#leave")
}

// may refuses who leaves tickets too fast, or for one number too often. What
// was typed stays.
func (p *Contact) may(g *gin.Context, v View, phone string) bool {
	wait := p.left.Wait(v.Team.Team.ID+"/"+limit.Network(g.ClientIP()), p.Clock.Now())
	if wait == 0 {
		wait = p.book.Wait("reach/"+v.Team.Team.ID+"/"+phone, reaching)
	}
	if wait == 0 {
		return true
	}
	g.Header("Retry-After", limit.Seconds(wait))
	v.Form.Faults[""] = "busy"
	p.draw(g, http.StatusTooManyRequests, "contact.html", v)
	return false
}

func (f *form) read(typed url.Values) {
	kept := func(field string) string {
		return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(typed.Get(field), ""), "\x00", ""))
	}
	f.Name, f.Phone, f.Text = kept("name"), kept("phone"), text.WithoutLinks(strings.ReplaceAll(kept("text"), "\r\n", "\n"))
	if once := typed.Get("once"); onceKey.MatchString(once) {
		f.Once = once
	}
}

// check names what is wrong and returns the number in E.164 form.
func (f *form) check(senders []settings.Sender) string {
	if utf8.RuneCountInString(f.Name) > maxName || strings.ContainsFunc(f.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		f.Faults["name"] = "name"
	}
	phone, ok := dialed(f.Phone, senders)
	if !ok || rules.Withheld(phone) {
		f.Faults["phone"] = "phone"
	}
	switch {
	case f.Text == "":
		f.Faults["text"] = "text"
	case utf8.RuneCountInString(f.Text) > maxText:
		f.Faults["text"] = "long"
	}
	return phone
}

// open creates the ticket, once for each form and what it says.
func (p *Contact) open(ctx context.Context, v View, phone string) error {
	form := tickets.Form{Once: v.Form.Once, Name: v.Form.Name, Phone: phone, Text: v.Form.Text, At: p.Clock.Now()}
	made, err := form.LeaveOnPage(ctx, p.DB, v.Team)
	if err != nil || made == "" {
		return err
	}
	p.Wake()
	p.Changed(gateway.Change{Kind: "ticket", CompanyID: v.Team.Team.CompanyID, TeamID: v.Team.Team.ID, ID: made})
	return nil
}
