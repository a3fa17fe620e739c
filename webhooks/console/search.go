package console

import (
	"ringback/gateway/inbox"
)

type searchPage struct {
	Search string
	Found  []foundGroup
	Fault  string
}

// foundGroup is what was found of a kind.
type foundGroup struct {
	Kind  string // ticket, contact, message, voicemail
	Items []inbox.Found
}

// foundMost is how many of each kind a page shows.
const foundMost = 30

// search finds customers, tickets and messages of every team within reach.
func (v *View) search() error {
	page := searchPage{Search: v.Query("q")}
	if page.Search == "" {
		return v.Show("search.html", page)
	}
	found, err := v.console.Inbox.Search(v.ctx(), v.Who, page.Search, foundMost)
	if said, refused := v.refusal(err); refused {
		page.Fault = said
		return v.ShowFault("search.html", page)
	}
	if err != nil {
		return err
	}
	for _, kind := range []string{"ticket", "contact", "message", "voicemail"} {
		of := foundGroup{Kind: kind}
		for _, one := range found {
			if one.Kind == kind {
				of.Items = append(of.Items, one)
			}
		}
		if len(of.Items) > 0 {
			page.Found = append(page.Found, of)
		}
	}
	return v.Show("search.html", page)
}

// Where is the page of what was found: a contact's own, or the ticket's.
func (v *View) Where(f inbox.Found) string {
	if f.Kind == "contact" || f.Ticket == nil {
		return "/teams/" + f.Team + "/contacts/" + f.Contact
	}
	return "/teams/" + f.Team + "/tickets/" + *f.Ticket
}
