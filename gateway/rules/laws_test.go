package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
)

// noon is a Monday at ten in Chicago, while the team of the tests is open.
var noon = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// within draws an instant around another, as often as not one of the limits that
// rules have.
func within(t *rapid.T, at time.Time, label string) time.Time {
	if rapid.IntRange(0, 3).Draw(t, label+" known") == 0 {
		return time.Time{}
	}
	edges := []time.Duration{0, time.Second, 2 * time.Second, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 24 * time.Hour, 72 * time.Hour}
	gap := rapid.SampledFrom(edges).Draw(t, label) + time.Duration(rapid.IntRange(-1, 1).Draw(t, label+" beside"))*time.Second
	return at.Add(-gap)
}

// drawn is any situation that there may be: of a message, a call, a ticket or a
// request, on any channel, of a customer with any past.
func drawn(t *rapid.T, tt *testing.T) Situation {
	flag := func(name string) bool { return rapid.IntRange(0, 4).Draw(t, name) == 0 }
	at := noon.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "hours")) * time.Hour)
	c := situation{
		At:      at,
		Channel: rapid.SampledFrom([]channels.Kind{channels.SMS, channels.SMS, channels.WhatsAppTwilio, channels.WhatsAppCloud, channels.WebChat}).Draw(t, "channel"),
		Text: rapid.SampledFrom([]string{
			"hello", "STOP", "please stop texting me", "stop texting me at night", "START", "yes", "no", "HELP", "5", "", "our last words",
		}).Draw(t, "text"),
		From:     rapid.SampledFrom([]string{"+13125550142", "+48601123456", "+19005551234", "72345", "SHOP", "anonymous", "+266696687", "US.13491208655302741918"}).Draw(t, "from"),
		Language: rapid.SampledFrom([]string{"", "pl", "pt-BR", "xx"}).Draw(t, "language"),
		Blocked:  flag("blocked"), OptedOut: flag("opted out"), InDoubt: flag("in doubt"), Unreachable: flag("unreachable"), Ours: flag("ours"),
		OwnKeywords: flag("own keywords"), NoSender: flag("no sender"), Told: flag("told"), AlwaysClosed: flag("always closed"),
		PausedUntil: within(t, at.Add(time.Minute), "paused until"), AdvisorAt: within(t, at, "advisor"), Heard: within(t, at, "heard"),
		Hour: rapid.IntRange(0, 5).Draw(t, "hour"), Day: rapid.IntRange(0, 15).Draw(t, "day"), CompanyHour: rapid.IntRange(0, 10).Draw(t, "company hour"),
		Spent: Spent{Hour: rapid.SampledFrom([]int{0, 999, 1000}).Draw(t, "spent hour"), Day: rapid.SampledFrom([]int{0, 4999, 5000}).Draw(t, "spent day")},
		Late:  fmt.Sprintf("%ds", rapid.IntRange(0, 1000).Draw(t, "late")),
		Delay: rapid.SampledFrom([]int{0, 0, 300}).Draw(t, "delay"),
		Off:   rapid.SliceOfN(rapid.SampledFrom(keys()), 0, 3).Draw(t, "off"),
	}
	if c.Channel == channels.WebChat {
		c.From = "visitor"
	}
	if flag("countries") {
		c.Countries = []string{"US"}
	}
	if !flag("no ticket") {
		status := rapid.SampledFrom([]string{"open", "done", "closed"}).Draw(t, "ticket")
		c.Ticket = &Ticket{ID: "t", Number: 7, Status: status, OpenedAt: at.Add(-48 * time.Hour), ClosedAt: within(t, at, "closed")}
	}
	c.Last, c.Decided, c.OnTicket = map[string]time.Time{}, map[string]time.Time{}, map[string]time.Time{}
	for _, key := range rapid.SliceOfN(rapid.SampledFrom(keys()), 0, 2).Draw(t, "sent before") {
		c.Last[key], c.OnTicket[key] = at.Add(-time.Hour), at.Add(-time.Hour)
		c.Decided[key] = at.Add(-time.Duration(rapid.IntRange(-20, 20).Draw(t, "decided")) * time.Minute)
	}
	switch rapid.SampledFrom([]string{"message", "message", "call", "ticket", "request"}).Draw(t, "kind") {
	case "call":
		c.Call = rapid.SampledFrom([]string{CallAnswered, CallVoicemail, CallHungUp, CallMissed, CallTooShort}).Draw(t, "outcome")
		if flag("held") {
			c.Held = rapid.SampledFrom([]string{automations.CustomerHangsUp, automations.AfterHoursCall, automations.CustomerCallMissed}).Draw(t, "held reply")
		}
	case "ticket":
		c.Created = true
	case "request":
		c.Request = &Request{
			ID: "0197f000-0000-7000-8000-000000000001", Advisor: flag("advisor's"), Done: flag("done"), Link: "https://x.example/r/1", Since: at,
			Kind: rapid.SampledFrom([]string{AskPhotoVideo, AskApproval, AskPayment, AskRating, AskResolved, AskVoiceHub}).Draw(t, "asks"),
		}
		c.Request.Until = within(t, at.Add(time.Hour), "until")
	}
	s := c.build(tt)
	s.Event.Form = rapid.SampledFrom([]channels.MessageKind{
		channels.PlainMessage, channels.PlainMessage, channels.PlainMessage, channels.ReactionMessage, channels.EditMessage, channels.SystemMessage,
	}).Draw(t, "form")
	s.Reached = WhatsAppSession{Heard: within(t, at, "wrote")}
	s.Team.Team.SMSFallback = flag("fallback")
	s.Team.Senders = append(s.Team.Senders, settings.Sender{ID: "texts", Kind: channels.SMS, Address: "+13125550101"})
	if flag("staff") {
		s.Contact.Staff = "ann"
	}
	if flag("echo") {
		s.Echo = "our last words"
	}
	if flag("asked") {
		s.Questions = []Question{{ID: "q", Kind: rapid.SampledFrom([]string{AskApproval, AskRating, AskResolved}).Draw(t, "question"), AskedAt: at.Add(-time.Hour)}}
	}
	return s
}

func keys() []string {
	all := make([]string, len(automations.All))
	for n, d := range automations.All {
		all[n] = d.Key
	}
	return all
}

// onPhone reports whether an opt-out holds where the event came from.
func onPhone(s Situation) bool { return s.Event.Channel != channels.WebChat }

// lawfully checks a law on drawn situations.
func lawfully(t *testing.T, law func(*rapid.T, Situation)) {
	t.Helper()
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) { law(r, drawn(r, t)) })
}

// TestEveryDecisionIsWhole: it says why, in facts that can be stored, and what it
// sends says something, has no placeholder left, is not too late and fits into
// what the decision says of it.
func TestEveryDecisionIsWhole(t *testing.T) {
	lawfully(t, func(t *rapid.T, s Situation) {
		d := Decide(s)
		require.NotEmpty(t, d.Reason)
		require.Contains(t, []Outcome{Sent, Skipped, Deferred}, d.Outcome)
		require.Equal(t, d.Outcome == Deferred, d.Hold > 0, "what is deferred is looked at again")
		_, err := json.Marshal(d.Facts)
		require.NoError(t, err)
		if !d.Sends() {
			require.False(t, d.Spends() || d.Confirms())
			return
		}
		require.NotEmpty(t, strings.TrimSpace(d.Text(1001)))
		require.NotContains(t, d.Text(0), "{{")
		require.False(t, !d.ExpiresAt.IsZero() && d.ExpiresAt.Before(s.Now), "it expired at %s", d.ExpiresAt)
		require.False(t, d.Spends() && d.Confirms(), "one budget each")
		_, known := s.Team.Sender(s.Event.Sender)
		require.True(t, known, "there is nothing to send from")
	})
}

// TestTheSameSituationHasTheSameDecision, and is not changed by being decided about.
func TestTheSameSituationHasTheSameDecision(t *testing.T) {
	lawfully(t, func(t *rapid.T, s Situation) {
		before := fmt.Sprintf("%+v %+v %+v %+v", s.Event, s.Contact, s.History, s.Questions)
		first, second := Decide(s), Decide(s)
		require.Equal(t, first, second)
		require.Equal(t, before, fmt.Sprintf("%+v %+v %+v %+v", s.Event, s.Contact, s.History, s.Questions))
	})
}

// TestNothingGoesToWhoMustNotGetIt, whatever else is so.
func TestNothingGoesToWhoMustNotGetIt(t *testing.T) {
	lawfully(t, func(t *rapid.T, s Situation) {
		d := Decide(s)
		if !d.Sends() {
			return
		}
		require.False(t, s.Contact.Blocked, "blocked")
		require.False(t, s.Contact.Ours, "our own number")
		require.False(t, s.Contact.OptedOut && onPhone(s) && !d.Confirms(), "opted out")
		require.False(t, s.Contact.Staff != "" && onPhone(s) && d.Spends(), "an automatic reply to the staff's phone")
		require.False(t, s.Contact.InDoubt && onPhone(s) && d.Spends(), "who may want no more")
		require.False(t, s.Event.Form.IsAnnotation() && s.Event.Kind == channels.MessageReceived && !d.Confirms(), "a remark")
		if s.Event.Channel == channels.SMS {
			require.NotContains(t, []string{"72345", "SHOP", "anonymous", "+266696687", "+19005551234", "US.13491208655302741918"}, s.Event.From)
		}
	})
}

// TestNoSendIsAddedBy: what makes us quieter never leads to a text that would not
// have gone out without it.
func TestNoSendIsAddedBy(t *testing.T) {
	for name, quieter := range map[string]func(*Situation){
		"an opt-out":             func(s *Situation) { s.Contact.OptedOut = true },
		"a block":                func(s *Situation) { s.Contact.Blocked = true },
		"a doubt":                func(s *Situation) { s.Contact.InDoubt = true },
		"a dead number":          func(s *Situation) { s.Contact.Unreachable = true },
		"our own number":         func(s *Situation) { s.Contact.Ours = true },
		"a pause":                func(s *Situation) { s.Contact.PausedUntil = s.Event.At.Add(time.Hour) },
		"one more in the hour":   func(s *Situation) { s.History.Hour++ },
		"one more in the day":    func(s *Situation) { s.History.Day++ },
		"one more of other team": func(s *Situation) { s.History.CompanyHour++; s.History.CompanyDay++ },
		"the team's spending":    func(s *Situation) { s.Spent.Hour++; s.Spent.Day++ },
		"the confirmations":      func(s *Situation) { s.Told = true },
		"a sender that is gone":  func(s *Situation) { s.Team.Senders = nil },
		"a country that is not":  func(s *Situation) { s.Team.Team.AllowedCountries = []string{"FR"} },
		"a closed WhatsApp road": func(s *Situation) { s.Reached, s.Team.Team.SMSFallback = WhatsAppSession{}, false },
	} {
		t.Run(name, func(t *testing.T) {
			lawfully(t, func(t *rapid.T, s Situation) {
				before := Decide(s)
				s.Team = clone(s.Team)
				quieter(&s)
				if after := Decide(s); after.Sends() && !before.Sends() {
					// START, or YES, of somebody who had opted out is confirmed.
					require.True(t, after.Confirms() && after.Consent == OptIn, "%s: %s", after.Automation, after.Text(1))
				}
			})
		})
	}
}

// TestLaterIsQuieter: what is handled later sends nothing that would not have gone
// out at once. Questions wait for the morning, and a call is redialed.
func TestLaterIsQuieter(t *testing.T) {
	lawfully(t, func(t *rapid.T, s Situation) {
		if s.Event.Kind != channels.MessageReceived && s.Event.Kind != TicketCreated {
			return
		}
		before := Decide(s)
		s.Now = s.Now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "seconds")) * time.Second)
		require.False(t, Decide(s).Sends() && !before.Sends())
	})
}

// TestOneAutomationIsAskedAtATime: switching off another one than that which
// settled the event changes nothing, unless it was asked first.
func TestOneAutomationIsAskedAtATime(t *testing.T) {
	lawfully(t, func(t *rapid.T, s Situation) {
		d := Decide(s)
		if d.Automation == "" || d.Reason == ReasonDisabled {
			return
		}
		at := slices.IndexFunc(All, func(r Rule) bool { return r.Key == d.Automation })
		other := rapid.SampledFrom(All[at:]).Draw(t, "another")
		if other.Key == d.Automation {
			return
		}
		s.Team = clone(s.Team)
		off := s.Team.Automations[other.Key]
		off.Enabled = false
		s.Team.Automations[other.Key] = off
		after := Decide(s)
		require.Equal(t, []any{d.Automation, d.Outcome, d.Reason, d.Text(1)}, []any{after.Automation, after.Outcome, after.Reason, after.Text(1)})
	})
}

// TestAutomationsKnowNothingOfEachOther: the order of those that are on different
// events does not matter, so that a new one can stand anywhere among them.
func TestAutomationsKnowNothingOfEachOther(t *testing.T) {
	groups := map[string][]string{}
	for _, r := range All {
		on := string(r.On) + " " + r.Asks
		groups[on] = append(groups[on], r.Key)
	}
	asked := map[string]bool{}
	for _, r := range All {
		s := Situation{Event: Event{Kind: r.On}}
		if r.On == Asked {
			s.Request = &Request{Kind: r.Asks}
		}
		on, got := string(r.On)+" "+r.Asks, []string{}
		for _, rule := range rulesOn(s) {
			got = append(got, rule.Key)
		}
		require.Equal(t, groups[on], got, on)
		asked[r.Key] = true
	}
	for _, d := range automations.All {
		require.True(t, asked[d.Key], "%s is asked about nothing", d.Key)
	}
	require.Equal(t, []string{automations.AfterHoursText, automations.CustomerFirstChat}, groups["message "])
	require.Equal(t, []string{automations.AfterHoursTicket, automations.CustomerFirstChat}, groups["ticket "])
	require.Equal(t, automations.AfterHoursCall, groups["call "][0], "closed goes before the outcome")
	for kind, keys := range groups {
		if strings.HasPrefix(kind, string(Asked)) {
			require.Len(t, keys, 1, kind)
		}
	}
}

func clone(team *settings.Snapshot) *settings.Snapshot {
	c := *team
	c.Automations = map[string]automations.Setting{}
	for key, setting := range team.Automations {
		c.Automations[key] = setting
	}
	return &c
}
