package console

import (
	"net/url"
	"time"
)

type ratedSummary struct {
	Count   int
	Average *float64
}

type ratedAdvisor struct {
	Advisor *string
	Name    string
	ratedSummary
}

type rated struct {
	Ticket  string
	Number  int64
	Advisor *string
	Score   int
	Comment string
	At      time.Time
}

type ratingsPage struct {
	ratedSummary
	Advisors []ratedAdvisor
	Items    []rated
	Next     *string
	Older    string
	Names    map[string]string // of advisors, by id
}

// ratings is how customers rated the team and its advisors.
func (v *View) ratings() error {
	var page ratingsPage
	query := url.Values{"limit": {"50"}}
	if cursor := v.Query("cursor"); cursor != "" {
		query.Set("cursor", cursor)
	}
	if err := v.Get(v.In("/ratings?"+query.Encode()), &page); err != nil {
		return err
	}
	page.Names = map[string]string{}
	for _, a := range page.Advisors {
		if a.Advisor != nil {
			page.Names[*a.Advisor] = a.Name
		}
	}
	if page.Next != nil {
		page.Older = "?" + url.Values{"cursor": {*page.Next}}.Encode()
	}
	return v.Show("ratings.html", page)
}

// Named is who was rated; empty: nobody had the ticket.
func (p ratingsPage) Named(id *string) string {
	if id == nil {
		return ""
	}
	return p.Names[*id]
}
