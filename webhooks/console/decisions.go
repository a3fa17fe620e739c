package console

import (
	"encoding/json"
	"net/url"

	"ringback/gateway/inbox"
	"ringback/gateway/rules"
	"ringback/settings/automations"
	"ringback/webhooks/api"
)

type decisionsPage struct {
	api.List[inbox.Decision]
	Contact, Automation, Reason string // the filters
	Filtered                    bool
	Reasons                     []string
	Automations                 []string
	Older                       string
}

// decisions answers "why did or didn't they get a text?" in one look.
func (v *View) decisions() error {
	page := decisionsPage{
		Contact: v.Query("contact"), Automation: v.Query("automation"), Reason: v.Query("reason"),
		Reasons: v.Coded("reason."), Automations: automationKeys(),
	}
	asked := url.Values{}
	for name, value := range map[string]string{"contact": page.Contact, "automation": page.Automation, "reason": page.Reason} {
		if value != "" {
			asked.Set(name, value)
			page.Filtered = true
		}
	}
	f := inbox.DecisionFilter{Automation: page.Automation, Reason: page.Reason}
	f.Contact, f.Address = inbox.IDOr(page.Contact)
	var err error
	page.List, err = listed(v, func(d inbox.Decision) string { return d.ID }, func(before string, limit int) ([]inbox.Decision, error) {
		return v.console.Inbox.Decisions(v.ctx(), v.Who, v.Team.ID, f, before, limit)
	})
	if err != nil {
		return err
	}
	if page.Next != nil {
		asked.Set("cursor", *page.Next)
		page.Older = "?" + asked.Encode()
	}
	return v.Show("decisions.html", page)
}

// decision is one, with the facts that it rests on.
func (v *View) decision() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	d, err := v.console.Inbox.Decision(v.ctx(), v.Who, v.Team.ID, id)
	if err != nil {
		return err
	}
	return v.Show("decision.html", d)
}

// retryEvent takes up again what was given up. The decision that is made then is
// another one, at the head of the list.
func (v *View) retryEvent() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	d, err := v.console.Inbox.Decision(v.ctx(), v.Who, v.Team.ID, id)
	if err != nil {
		return err
	}
	if _, err := v.console.Inbox.RetryEvent(v.ctx(), v.Who, d.Event.ID); err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/decisions")
}

// GivenUp reports whether somebody may have the decision's event handled anew.
func (v *View) GivenUp(d inbox.Decision) bool {
	return d.Reason == string(rules.ReasonFault) && v.Who.MayCall("retry-event")
}

// Raw is all facts as they are kept, in the order of their names.
func (v *View) Raw(facts json.RawMessage) string {
	var kept map[string]any
	_ = json.Unmarshal(facts, &kept) // the gateway wrote it
	raw, _ := json.MarshalIndent(kept, "", "  ")
	return string(raw)
}

func automationKeys() []string {
	var keys []string
	for _, d := range automations.All {
		keys = append(keys, d.Key)
	}
	return keys
}
