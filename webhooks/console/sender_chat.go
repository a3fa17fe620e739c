package console

import (
	"net/http"
	"strings"
	"time"
)

// identityKey is a key by which a site says who a visitor of its chat is.
type identityKey struct {
	ID        string
	CreatedAt time.Time `json:"created_at"`
	Secret    string
}

// Chat reports whether it is the chat of a website.
func (s sender) Chat() bool { return s.Kind == "webchat" }

// Sites are the websites it stands on, one a line.
func (s sender) Sites() string { return strings.Join(s.Origins, "\n") }

// readIdentityKeys adds to each chat the keys of its site.
func (v *View) readIdentityKeys(page *sendersPage) error {
	for n := range page.Items {
		if s := &page.Items[n]; s.Chat() {
			var list struct{ Items []identityKey }
			if err := v.Get(v.In("/senders/"+s.ID+"/identity-keys"), &list); err != nil {
				return err
			}
			s.Keys = list.Items
		}
	}
	return nil
}

// typedChat is what was typed about a chat: its websites and its color.
func (v *View) typedChat() map[string]any {
	sites := []string{}
	for line := range strings.Lines(v.Form("origins")) {
		if line = strings.TrimRight(strings.TrimSpace(line), "/"); line != "" {
			sites = append(sites, line)
		}
	}
	return map[string]any{"origins": sites, "color": strings.TrimSpace(v.Form("color"))}
}

// addIdentityKey makes a key and shows it, this once.
func (v *View) addIdentityKey() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	var made identityKey
	if err := v.Send(http.MethodPost, v.In("/senders/"+id+"/identity-keys"), nil, &made); err != nil {
		return err
	}
	page, err := v.readSenders()
	if err != nil {
		return err
	}
	page.Changed, page.Secret = id, made.Secret
	return v.Show("senders.html", page)
}

// endIdentityKey ends one.
func (v *View) endIdentityKey() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.Send(http.MethodDelete, v.In("/senders/"+id+"/identity-keys/"+v.Form("key")), nil, nil); err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/senders")
}
