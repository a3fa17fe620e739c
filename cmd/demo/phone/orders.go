package phone

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
)

// maxText is how many characters a provider takes in one text.
const maxText = 1600

// text lets the customer write to the team.
func (p *Phone) text(g *gin.Context) {
	c, err := p.form(g)
	if err == nil {
		if press := g.Request.PostForm.Get("press"); press != "" {
			err = p.tap(g, c, g.Request.PostForm.Get("message"), press)
		} else {
			err = p.write(g, c, newlines.Replace(g.Request.PostForm.Get("text")))
		}
	}
	p.done(g, c, err)
}

// byRCS is what the addresses of those begin with who text by RCS.
const byRCS = "rcs:"

// lineOf are the two ends of a text: by RCS where the phone does it and the team is there.
func (p *Phone) lineOf(c conversation) (from, to string) {
	if c.Sender.Agent != "" && p.Simulator.OnRCS(c.Customer.Number) {
		return byRCS + c.Customer.Number, byRCS + c.Sender.Agent
	}
	return c.Customer.Number, c.Sender.Address
}

// tap taps a chip below a text.
func (p *Phone) tap(g *gin.Context, c conversation, message, choice string) error {
	m, there := p.came(c)[message]
	if !there {
		return &fault{http.StatusNotFound, "message", "This message is not on the phone."}
	}
	at := slices.IndexFunc(m.Chips, func(one twiliosim.Chip) bool { return one.ID == choice })
	if at < 0 {
		return wrong("press", "This is not offered below that message.")
	}
	answer, err := p.Simulator.Tap(g.Request.Context(), p.Public()+twilio.MessagesPath, m, m.Chips[at])
	return p.brought(answer, err)
}

// newlines are sent by browsers in the way of the network, and kept by phones
// in their own.
var newlines = strings.NewReplacer("\r\n", "\n")

func (p *Phone) write(g *gin.Context, c conversation, text string) error {
	files, err := picture(g.Request)
	switch n := utf8.RuneCountInString(text); {
	case c.Sender.ID == "":
		return wrong("sender", "No team has a number for texts yet. Give one to a team first.")
	case c.Customer.Number == "":
		return wrong("text", "%s shows no number, and so can send no text. Write on WhatsApp.", c.Customer.Name)
	case err != nil:
		return err
	case strings.TrimSpace(text) == "" && len(files) == 0:
		return wrong("text", "Write something first, or choose a picture.")
	case n > maxText:
		return wrong("text", "A text holds at most %d characters; this one has %d.", maxText, n)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return wrong("text", "This text holds bytes that no phone can write.")
	}
	from, to := p.lineOf(c)
	answer, err := p.Simulator.Text(g.Request.Context(), p.Public()+twilio.MessagesPath, from, to, text, files...)
	return p.brought(answer, err)
}

// brought is what became of a text on its way to the gateway.
func (p *Phone) brought(answer twiliosim.Answer, err error) error {
	if err != nil {
		return &fault{http.StatusBadGateway, "text", fmt.Sprintf("The gateway did not answer: %v.", err)}
	}
	if answer.Status >= http.StatusBadRequest {
		return &fault{http.StatusBadGateway, "text", fmt.Sprintf("The gateway refused the text (%d): %s", answer.Status, strings.TrimSpace(answer.Body))}
	}
	p.turned.ring()
	return nil
}

// clock lets the demo play another time of the team's day.
func (p *Phone) clock(g *gin.Context) {
	c, err := p.form(g)
	if err == nil {
		var at *time.Time
		if at, err = readTime(g.Request.PostForm.Get("at"), p.Clock.Now(), c.zone); err == nil {
			err = p.MoveClock(g.Request.Context(), at)
		}
	}
	p.turned.ring()
	p.done(g, c, err)
}

// provider lets the provider misbehave.
func (p *Phone) provider(g *gin.Context) {
	c, err := p.form(g)
	if err == nil {
		how := g.Request.PostForm.Get("fault")
		if c.App.Key == whatsAppKey {
			err = p.graphMisbehaves(how)
		} else {
			err = p.misbehave(how, c.Customer.Number)
		}
	}
	p.turned.ring()
	p.done(g, c, err)
}

func (p *Phone) misbehave(how, customer string) error {
	switch how {
	case "down", "up":
		p.down.Store(how == "down")
		p.Simulator.Down(how == "down")
	case "throttle":
		p.Simulator.Fault(twiliosim.Fault{To: customer, Times: 1, Status: http.StatusTooManyRequests, RetryAfter: 3 * time.Second})
	case "lose":
		p.Simulator.Fault(twiliosim.Fault{To: customer, Times: 1, Close: true, Taken: true})
	default:
		return wrong("fault", "must be down, up, throttle or lose")
	}
	return nil
}
