package phone

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
)

// talks is how long an advisor talks at most if neither hangs up.
const talks = 10 * time.Minute

// maxSpoken is how many seconds a customer may speak in one breath.
const maxSpoken = 180

var keypad = regexp.MustCompile(`^[0-9*#]{1,20}$`)

// picksUp are the ways in which an advisor's phone can be told to act.
var picksUp = map[string]twiliosim.Advisor{
	"accept":  {Keys: "1", Talks: talks},
	"pick_up": {Talks: talks}, // as a mobile's own voicemail does
	"decline": {Ends: "busy"},
	"leave":   {}, // who talks hangs up
}

// call plays the customer's phone, and the advisors' when they ring.
func (p *Phone) call(g *gin.Context) {
	c, err := p.form(g)
	if err == nil {
		err = p.dial(g, c)
	}
	p.turned.ring()
	p.done(g, c, err)
}

func (p *Phone) dial(g *gin.Context, c conversation) error {
	does, form := g.Request.PostForm.Get("do"), g.Request.PostForm
	live, found := p.lastCall(c)
	found = found && !live.State().Over
	switch {
	case does == "call" && found:
		return &fault{http.StatusConflict, "do", "You are in a call already. Hang up first."}
	case does == "call":
		return p.ring(g, c)
	case !found:
		return &fault{http.StatusConflict, "do", "There is no call any more."}
	}
	if advisor, is := picksUp[does]; is {
		return advise(live, form.Get("advisor"), advisor)
	}
	switch does {
	case "hang_up":
		live.HangUp()
	case "press":
		if !keypad.MatchString(form.Get("keys")) {
			return wrong("keys", "Press the digits, * or #, at most 20 of them.")
		}
		live.Press(form.Get("keys"))
	case "speak":
		seconds, err := strconv.Atoi(form.Get("seconds"))
		if err != nil || seconds < 1 || seconds > maxSpoken {
			return wrong("seconds", "Speak for 1 to %d seconds.", maxSpoken)
		}
		live.Speak(time.Duration(seconds) * time.Second)
	default:
		return wrong("do", "must be call, hang_up, press, speak, accept, pick_up, decline or leave")
	}
	return nil
}

func (p *Phone) ring(g *gin.Context, c conversation) error {
	if c.Customer.Number == "" {
		return wrong("do", "%s shows no number to call from.", c.Customer.Name)
	}
	if !c.Sender.Voice {
		return wrong("sender", "This number takes no calls. Make it a voice sender of the team first.")
	}
	_, err := p.Simulator.Call(g.Request.Context(), p.Public()+twilio.VoicePath, c.Customer.Number, c.Sender.Address,
		twiliosim.WithCallStatus(p.Public()+twilio.CallsPath))
	if err != nil {
		return fmt.Errorf("phone: call: %w", err)
	}
	return nil
}

func advise(live *twiliosim.Call, number string, does twiliosim.Advisor) error {
	state := live.State()
	if number == "" || state.With != number && !slices.Contains(state.Ringing, number) {
		return &fault{http.StatusConflict, "advisor", "This phone does not ring any more."}
	}
	live.Advise(number, does)
	return nil
}

// lastCall is the conversation's newest, under way or over; one that the team makes
// itself is there as long as it goes on.
func (p *Phone) lastCall(c conversation) (*twiliosim.Call, bool) {
	for _, one := range slices.Backward(p.Simulator.State().Calls) {
		if one.From == c.Sender.Address && !one.Over || c.Customer.Number != "" && one.From == c.Customer.Number && one.To == c.Sender.Address {
			return p.Simulator.FindCall(one.SID)
		}
	}
	return nil, false
}
