package phone

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	zones "ringback/settings/zone"

	"github.com/gin-gonic/gin"
)

// conversation is who writes to whom.
type conversation struct {
	Customer Customer
	Sender   sender
	App      app
	Senders  []sender // all there are to choose from
	zone     *time.Location
}

// sender is a number that a team is texted at.
type sender struct {
	ID      string `db:"id"`
	Address string `db:"address"`
	TeamID  string `db:"team_id"`
	Team    string `db:"team"` // as customers see it
	Zone    string `db:"time_zone"`
	Voice   bool   `db:"voice"` // it takes calls as well
	Agent   string `db:"agent"` // on RCS; empty: it is not there

	WhatsApp       string `db:"whatsapp"` // the id of the team's sender there; empty: it has none
	WhatsAppNumber string `db:"whatsapp_number"`

	WebChat string `db:"webchat"` // the id of the chat on its website; empty: it has none
}

// Clock is the team's time as people call it: "Chicago time".
func (s sender) Clock() string {
	if city := zones.City(s.Zone); strings.Contains(s.Zone, "/") {
		return city + " time"
	}
	return s.Zone // UTC
}

// Ending is enough of the number to tell it from the others: "…0100".
func (s sender) Ending() string { return "…" + s.Address[max(0, len(s.Address)-4):] }

// line is where the chosen app's messages arrive, and from whom; either may
// be empty. A website does not know who visits it: there it is anybody.
func (c conversation) line() (sender, theirs string) {
	switch c.App.Key {
	case whatsAppKey:
		return c.Sender.WhatsApp, c.Customer.Address()
	case webKey:
		return c.Sender.WebChat, anybody
	}
	return c.Sender.ID, c.Customer.Number
}

// who is whom the story is about.
func (c conversation) who() string {
	if c.App.Key == webKey {
		return "A visitor"
	}
	return c.Customer.Name
}

// anybody stands for all who write.
const anybody = "*"

const listSenders = `
select s.id, s.address, coalesce(s.settings ->> 'rcs_agent', '') as agent, s.team_id, t.display_name as team, t.time_zone,
    exists (select from senders v where v.company_id = s.company_id and v.kind = 'voice' and v.address = s.address) as voice,
    coalesce(w.id::text, '') as whatsapp, coalesce(w.address, '') as whatsapp_number,
    coalesce((select id::text from senders where company_id = s.company_id and team_id = s.team_id and kind = 'webchat' order by created_at, id limit 1), '') as webchat
from senders s join teams t on t.company_id = s.company_id and t.id = s.team_id
left join lateral (select id, address from senders where company_id = s.company_id and team_id = s.team_id and kind = 'whatsapp_cloud' order by created_at, id limit 1) w on true
where s.company_id = $1 and s.kind = 'sms'
order by t.created_at, t.id, s.created_at, s.id`

// chosen reads who writes to whom from a query or a form. What is left out is
// the first there is; what is not known is a *fault beside the conversation
// that goes in its place. A team without a number leaves the sender empty.
func (p *Phone) chosen(ctx context.Context, from url.Values) (conversation, error) {
	c := conversation{Customer: p.Customers[0], zone: time.UTC}
	if err := p.DB.SelectContext(ctx, &c.Senders, listSenders, p.Company); err != nil {
		return c, fmt.Errorf("phone: senders: %w", err)
	}
	if len(c.Senders) > 0 {
		c.Sender = c.Senders[0]
	}
	var unknown error
	c.App, unknown = findApp(from.Get("app"))
	err := cmp.Or(p.choose(&c, from.Get("customer"), from.Get("sender")), unknown)
	if zone, wrong := zones.Load(c.Sender.Zone); wrong == nil {
		c.zone = zone
	}
	return c, err
}

func (p *Phone) choose(c *conversation, customer, number string) error {
	if customer != "" {
		i := slices.IndexFunc(p.Customers, func(one Customer) bool { return one.Address() == customer })
		if i < 0 {
			return &fault{http.StatusNotFound, "customer", "There is nobody of this number to play. Choose one from the list."}
		}
		c.Customer = p.Customers[i]
	}
	if number != "" {
		i := slices.IndexFunc(c.Senders, func(one sender) bool { return one.ID == number })
		if i < 0 {
			return &fault{http.StatusNotFound, "sender", "No team has this number. Choose one from the list."}
		}
		c.Sender = c.Senders[i]
	}
	return nil
}

// form reads an order's form and the conversation it is about.
func (p *Phone) form(g *gin.Context) (conversation, error) {
	read := g.Request.ParseForm
	if withFiles(g.Request) {
		read = func() error { return g.Request.ParseMultipartForm(maxPicture) }
	}
	if err := read(); err != nil {
		c, _ := p.chosen(g.Request.Context(), nil)
		return c, malformed(err)
	}
	return p.chosen(g.Request.Context(), g.Request.PostForm)
}
