package console

import (
	"strings"

	"ringback/channels"
	"ringback/settings"
)

// templatesPage compares the WhatsApp templates that automations name with
// those that each of the team's businesses has at Meta.
type templatesPage struct {
	Numbers []templatesOf
}

type templatesOf struct {
	Address string
	Unknown bool // no business is named, so that Meta cannot be asked
	Refused bool // Meta did not tell
	Named   []settings.NamedTemplate
	Items   []channels.Approval
}

// whatsAppTemplates shows how each template stands, asked for now.
func (v *View) whatsAppTemplates() error {
	senders, err := v.listSenders()
	if err != nil {
		return err
	}
	var page templatesPage
	for _, s := range senders {
		if s.Kind != channels.WhatsAppCloud {
			continue
		}
		one := templatesOf{Address: s.Address, Unknown: s.Settings.Business == ""}
		if !one.Unknown {
			one.Items, one.Named, err = settings.ListTemplates(v.ctx(), v.db(), v.console.Templates, v.Who.CompanyID, v.Team.ID, s.ID)
			if one.Refused = conflict(err); err != nil && !one.Refused {
				return err
			}
		}
		for n := range one.Items {
			one.Items[n].Status = strings.ToLower(one.Items[n].Status)
		}
		page.Numbers = append(page.Numbers, one)
	}
	return v.Show("whatsapp-templates.html", page)
}

// listSenders are all of the team's.
func (v *View) listSenders() ([]settings.Sender, error) {
	return settings.ListSenders(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", most)
}
