package console

import (
	"net/url"

	"ringback/gateway/reports"
	"ringback/webhooks/api"
)

type ratingsPage struct {
	reports.Rated
	api.List[reports.OneRating]
	Advisors []reports.OfAdvisor
	Older    string
	Names    map[string]string // of advisors, by id
}

// ratings is how customers rated the team and its advisors.
func (v *View) ratings() error {
	var page ratingsPage
	var f reports.RatingFilter
	var err error
	if page.Rated, page.Advisors, err = v.console.Inbox.Ratings(v.ctx(), v.Who, v.Team.ID, f); err != nil {
		return err
	}
	page.List, err = listed(v, func(one reports.OneRating) string { return one.ID }, func(before string, limit int) ([]reports.OneRating, error) {
		return v.console.Inbox.ListRatings(v.ctx(), v.Who, v.Team.ID, f, before, limit)
	})
	if err != nil {
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
