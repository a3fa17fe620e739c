package console

import (
	"net/url"

	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/webhooks/api"
)

type ticketsPage struct {
	api.List[inbox.Ticket]
	Status, Search string
	Staff          map[string]string // names by id
	First          bool              // this is the list's first page, on which what is new appears
	Older          string
}

var ticketStates = []string{"open", "done", "closed", "all"}

// Named is what one of the staff is called; empty: nobody, or somebody whom
// one may not see.
func (p ticketsPage) Named(id *string) string {
	if id == nil {
		return ""
	}
	return p.Staff[*id]
}

// States are the tabs above the list.
func (ticketsPage) States() []string { return ticketStates }

// tickets is the team's inbox.
func (v *View) tickets() error {
	page := ticketsPage{Status: v.Query("status"), Search: v.Query("contact"), First: v.Query("cursor") == ""}
	if page.Status == "" {
		page.Status = "open"
	}
	kept := url.Values{"status": {page.Status}}
	var f inbox.TicketFilter
	if page.Status != "all" {
		f.Status = page.Status
	}
	if page.Search != "" {
		kept.Set("contact", page.Search)
		f.Contact, f.Address = inbox.IDOr(page.Search)
	}
	var err error
	page.List, err = listedFrom(v, f.Place, func(after inbox.Place, limit int) ([]inbox.Ticket, error) {
		return v.console.Inbox.Tickets(v.ctx(), v.Who, v.Team.ID, f, after, limit)
	})
	if err != nil {
		return err
	}
	if page.Next != nil {
		kept.Set("cursor", *page.Next)
		page.Older = "?" + kept.Encode()
	}
	staff, err := v.colleagues()
	if err != nil {
		return err
	}
	page.Staff = map[string]string{}
	for _, m := range staff {
		page.Staff[m.ID] = m.Name
	}
	return v.Show("tickets.html", page)
}

// colleague is one of the staff as lists name them.
type colleague struct {
	ID, Name string
	Active   bool
}

// colleagues are those who can have the team's tickets, and those who could;
// nobody, when one may not know.
func (v *View) colleagues() ([]colleague, error) {
	if !v.Who.MayCall("list-advisors") {
		return nil, nil
	}
	list, err := settings.ListAdvisors(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", most)
	found := make([]colleague, 0, len(list))
	for _, m := range list {
		found = append(found, colleague{m.ID, m.Name, m.Active})
	}
	return found, err
}
