package console

import (
	"strings"

	"ringback/channels"
	"ringback/settings"
)

// Chat reports whether it is the chat of a website.
func (s sender) Chat() bool { return s.Kind == channels.WebChat }

// Sites are the websites it stands on, one a line.
func (s sender) Sites() string { return strings.Join(s.Settings.Origins, "\n") }

// readIdentityKeys adds to each chat the keys of its site.
func (v *View) readIdentityKeys(page *sendersPage) error {
	for n := range page.Items {
		if s := &page.Items[n]; s.Chat() {
			var err error
			if s.Keys, err = settings.ListIdentityKeys(v.ctx(), v.db(), v.Who.CompanyID, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// typedChat is what was typed about a chat: its websites and its color.
func (v *View) typedChat() (sites []string, color string) {
	for line := range strings.Lines(v.Form("origins")) {
		if line = strings.TrimRight(strings.TrimSpace(line), "/"); line != "" {
			sites = append(sites, line)
		}
	}
	return sites, strings.TrimSpace(v.Form("color"))
}

// addIdentityKey makes a key and shows it, this once.
func (v *View) addIdentityKey() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	var secret string
	_, err = v.editTeam(func(e *settings.Edit) (err error) {
		_, secret, err = e.AddIdentityKey(v.ctx(), v.console.Vault, id)
		return err
	})
	if err != nil {
		return err
	}
	page, err := v.readSenders()
	if err != nil {
		return err
	}
	page.Changed, page.Secret = id, secret
	return v.Show("senders.html", page)
}

// endIdentityKey ends one.
func (v *View) endIdentityKey() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.editTeam(func(e *settings.Edit) error { return e.DeleteIdentityKey(v.ctx(), id, v.Form("key")) })
	if err != nil {
		return err
	}
	return v.goSaved("/teams/"+v.Team.ID+"/senders", "sender-"+id)
}
