package console

import "strings"

// templatesPage compares the WhatsApp templates that automations name with
// those that each of the team's businesses has at Meta.
type templatesPage struct {
	Numbers []templatesOf
}

type templatesOf struct {
	Address string
	Unknown bool // no business is named, so that Meta cannot be asked
	Refused bool // Meta did not tell
	Named   []struct{ Automation, Template, Language, State string }
	Items   []struct{ Name, Language, Status string }
}

// whatsAppTemplates shows how each template stands, asked for now.
func (v *View) whatsAppTemplates() error {
	var list struct{ Items []sender }
	if err := v.Get(v.In("/senders?limit=200"), &list); err != nil {
		return err
	}
	var page templatesPage
	for _, s := range list.Items {
		if !s.Meta() {
			continue
		}
		one := templatesOf{Address: s.Address, Unknown: s.Business == ""}
		if !one.Unknown {
			err := v.Get(v.In("/senders/"+s.ID+"/templates"), &one)
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
