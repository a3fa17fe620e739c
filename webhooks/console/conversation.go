package console

import (
	"slices"
	"strings"

	"ringback/gateway/inbox"
	"ringback/gateway/rules"
	"ringback/settings"
)

// conversationPage is the form by which one writes to somebody who need not have
// written before.
type conversationPage struct {
	To, Name, Consent, Channel, Text, Template, Values string
	WhatsApp                                           bool // the team has a sender for it
	Fault                                              string
	Faults                                             map[string]string
	NotReached                                         *notReached
}

// newConversation is the form; ?to= fills in whom it is to.
func (v *View) newConversation() error {
	return v.showConversation(conversationPage{To: v.Query("to"), Name: v.Query("name"), Channel: "sms"}, nil)
}

// beginConversation writes to them, and shows the ticket on which it stands.
func (v *View) beginConversation() error {
	page := conversationPage{
		To: strings.TrimSpace(v.Form("to")), Name: strings.TrimSpace(v.Form("name")), Channel: v.Form("channel"),
		Consent: v.Form("consent"), Text: v.Form("text"), Template: strings.TrimSpace(v.Form("template")), Values: v.Form("values"),
	}
	c := inbox.Conversation{To: page.To, Name: page.Name, Consent: page.Consent, Channel: page.Channel, Text: strings.TrimSpace(page.Text), TryAgain: v.Form("try_again") != ""}
	if page.Template != "" && page.Channel == "whatsapp" {
		c.Template = page.template()
	}
	made, err := v.console.Inbox.Converse(v.ctx(), v.Who, v.Team.ID, v.Form("key"), c)
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/tickets/" + made.Ticket + "#compose")
	}
	return v.showConversation(page, err)
}

// template reads "pl: order_ready" and the values, one a line.
func (p conversationPage) template() *inbox.Template {
	t := &inbox.Template{Name: p.Template}
	if language, name, found := strings.Cut(p.Template, ":"); found {
		t.Language, t.Name = strings.TrimSpace(language), strings.TrimSpace(name)
	}
	for line := range strings.Lines(p.Values) {
		if line = strings.TrimSpace(line); line != "" {
			t.Values = append(t.Values, line)
		}
	}
	return t
}

// showConversation is the form with what was refused in it.
func (v *View) showConversation(page conversationPage, refused error) error {
	senders, err := settings.ListSenders(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", most)
	if err != nil {
		return err
	}
	page.WhatsApp = slices.ContainsFunc(senders, func(s settings.Sender) bool { return rules.OnWhatsApp(s.Kind) })
	if refused == nil {
		return v.Show("conversation.html", page)
	}
	faults, ok := v.Faults(refused)
	if !ok {
		return refused
	}
	page.Faults, page.NotReached = faults, v.notReached(refused)
	for _, field := range []string{"to", "name", "consent", "text", "template"} { // beside which it is said
		if faults[field] != "" {
			return v.ShowFault("conversation.html", page)
		}
	}
	page.Fault, _ = v.unsent(refused)
	return v.ShowFault("conversation.html", page)
}
