// Package reports is what a team's days come to: calls and what became of
// them, tickets, answers, ratings, and each of the automated messages. Nothing
// here is kept: each report is read from what happened, when somebody asks.
package reports

import (
	"context"
	"fmt"
	"time"

	zones "ringback/settings/zone"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Report is how some days of a team went.
type Report struct {
	Range
	TimeZone    string         `json:"time_zone"`
	Periods     []Period       `json:"periods" nullable:"false"`
	Total       Counts         `json:"total"`
	Automations []OfAutomation `json:"automations" nullable:"false" doc:"All fourteen, in their usual order"`
	Currency    string         `json:"currency,omitempty" doc:"Of the costs"`
}

// Period is one of its days, weeks or months, as far as it lies in the report.
type Period struct {
	From string `json:"from"`
	To   string `json:"to" doc:"Its last day"`
	Counts
}

// Of is how the days of a team went that the range names. What it leaves out is
// chosen by now, the present moment.
func Of(ctx context.Context, db *sqlx.DB, company settings.Company, team settings.Team, r Range, now time.Time) (Report, error) {
	zone, err := zones.Load(team.TimeZone)
	if err != nil {
		return Report{}, fmt.Errorf("team %s: %w", team.ID, err)
	}
	r, starts, err := r.periods(now.In(zone))
	if err != nil {
		return Report{}, err
	}
	midnights := make([]time.Time, len(starts)) // a day is not always 24 hours long
	for n, day := range starts {
		midnights[n] = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	}
	periods, of, err := counts(ctx, db, company.ID, team.ID, midnights)
	if err != nil {
		return Report{}, err
	}
	found := Report{Range: r, TimeZone: team.TimeZone, Periods: []Period{}, Total: whole(periods), Automations: allAutomations(of, company.SegmentPrice), Currency: company.Currency}
	for n, c := range periods {
		found.Periods = append(found.Periods, Period{date(starts[n]), date(starts[n+1].AddDate(0, 0, -1)), c.Counts})
	}
	return found, nil
}
