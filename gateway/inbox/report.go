package inbox

import (
	"context"

	"ringback/gateway/reports"
	"ringback/settings"
	"ringback/settings/staff"
)

// Week is how a team's week went that begins on that date; empty: this week,
// from its Monday.
func (d Desk) Week(ctx context.Context, who staff.Principal, team, from string) (reports.Week, error) {
	found, err := settings.FindTeam(ctx, d.DB, who.CompanyID, team)
	if err != nil {
		return reports.Week{}, err
	}
	return reports.OfWeek(ctx, d.DB, found, from, d.Clock.Now())
}

// Ratings are what a team's ratings come to, as a whole and by advisor.
func (d Desk) Ratings(ctx context.Context, who staff.Principal, team string, f reports.RatingFilter) (reports.Rated, []reports.OfAdvisor, error) {
	if err := checkID("advisor", f.Advisor); err != nil {
		return reports.Rated{}, nil, err
	}
	return reports.Ratings(ctx, d.DB, who.CompanyID, team, f)
}

// ListRatings are a team's ratings, the newest first, from the one before that id on.
func (d Desk) ListRatings(ctx context.Context, who staff.Principal, team string, f reports.RatingFilter, before string, limit int) ([]reports.OneRating, error) {
	return reports.ListRatings(ctx, d.DB, who.CompanyID, team, f, before, limit)
}
