package inbox

import (
	"context"

	"ringback/gateway/reports"
	"ringback/settings"
	"ringback/settings/staff"
)

// Report is how the days of a team went that the range names.
func (d Desk) Report(ctx context.Context, who staff.Principal, team string, r reports.Range) (reports.Report, error) {
	found, err := settings.FindTeam(ctx, d.DB, who.CompanyID, team)
	if err != nil {
		return reports.Report{}, err
	}
	company, err := settings.FindCompany(ctx, d.DB, who.CompanyID)
	if err != nil {
		return reports.Report{}, err
	}
	return reports.Of(ctx, d.DB, company, found, r, d.Clock.Now())
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
