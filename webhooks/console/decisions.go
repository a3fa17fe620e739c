package console

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"ringback/settings/automations"
)

// decision is one decision as its page shows it.
type decision struct {
	ID      string
	At      time.Time
	Event   struct{ Kind, ProviderID string }
	Contact *string
	Ticket  *string
	Name    string `json:"contact_name"`
	Address string `json:"contact_address"`

	Automation *string
	Outcome    string
	Reason     string
	Facts      map[string]any
	Text       string
	Wrote      string
	Delivered  *delivery
}

type decisionsPage struct {
	Items                       []decision
	Contact, Automation, Reason string // the filters
	Filtered                    bool
	Reasons                     []string
	Automations                 []string
	Next                        *string
	Older                       string
	Fault                       string
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
	query := url.Values{"limit": {"50"}}
	for name := range asked {
		query.Set(name, asked.Get(name))
	}
	if cursor := v.Query("cursor"); cursor != "" {
		query.Set("cursor", cursor)
	}
	if err := v.Get(v.In("/decisions?"+query.Encode()), &page); err != nil {
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
	var d decision
	if err := v.Get(v.In("/decisions/"+id), &d); err != nil {
		return err
	}
	return v.Show("decision.html", d)
}

// fact is one line of what a decision rests on.
type fact struct{ Key, Value string }

// Told are the facts that have words, in the order of importance; the rest is
// in the raw facts.
var told = []string{
	"local_time", "hours", "schedule_title", "next_open", "channel", "step", "outcome", "why", "late_by", "paused_until",
	"contact_hour", "contact_day", "team_hour", "team_day", "settings_version",
}

// Facts are those that have words.
func (v *View) Facts(facts map[string]any) []fact {
	var lines []fact
	for _, key := range told {
		switch value := facts[key].(type) {
		case nil:
		case string:
			if value != "" {
				lines = append(lines, fact{key, v.worded(key, value)})
			}
		default:
			lines = append(lines, fact{key, fmt.Sprint(value)})
		}
	}
	return lines
}

// worded is a fact's value as a reader would say it.
func (v *View) worded(key, value string) string {
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return v.Words.Moment(v.Local(at), v.Now())
	}
	return v.Say(key+".", value)
}

// Raw is all facts as they are kept.
func (d decision) Raw() string {
	raw, _ := json.MarshalIndent(d.Facts, "", "  ") // it came from JSON
	return string(raw)
}

func automationKeys() []string {
	var keys []string
	for _, d := range automations.All {
		keys = append(keys, d.Key)
	}
	return keys
}
