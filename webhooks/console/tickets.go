package console

import (
	"net/url"
	"time"
)

// ticket is one conversation as its pages show it.
type ticket struct {
	ID, Status, Kind string
	Number           int64
	Contact          string
	Name             string `json:"contact_name"`
	Address          string `json:"contact_address"`
	Channel          string
	Last             string `json:"last_text"`
	Assignee         *string
	OpenedAt         time.Time `json:"opened_at"`
	UpdatedAt        time.Time `json:"updated_at"`
}

type ticketsPage struct {
	cursor         string
	Items          []ticket
	Status, Search string
	Staff          map[string]string // names by id
	Next           *string
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

// First reports whether this is the list's first page, on which what is new appears.
func (p ticketsPage) First() bool { return p.cursor == "" }

// tickets is the team's inbox.
func (v *View) tickets() error {
	page := ticketsPage{Status: v.Query("status"), Search: v.Query("contact")}
	if page.Status == "" {
		page.Status = "open"
	}
	kept := url.Values{"status": {page.Status}}
	asked := url.Values{"limit": {"50"}}
	if page.Status != "all" {
		asked.Set("status", page.Status)
	}
	if page.Search != "" {
		kept.Set("contact", page.Search)
		asked.Set("contact", page.Search)
	}
	if page.cursor = v.Query("cursor"); page.cursor != "" {
		asked.Set("cursor", page.cursor)
	}
	if err := v.Get(v.In("/tickets?"+asked.Encode()), &page); err != nil {
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
	return all[colleague](v, v.In("/advisors"))
}
