package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/reports"
)

func (r routes) weeks(api huma.API) {
	op := Op("get-week", http.MethodGet, "/teams/{team}/week", http.StatusOK, "How a team's week went, day by day")
	op.Description = "Days are those of the team's time zone. A call Counts on the day it came."
	huma.Register(api, op, r.getWeek)
	huma.Register(api, csvOp("export-week", "/teams/{team}/week.csv", "The same as a file"), r.exportWeek)
}

type weekQuery struct {
	Team string `path:"team"`
	From string `query:"from" maxLength:"10" example:"2026-06-01" doc:"The first of the seven days; left out: this week's Monday"`
}

func (r routes) getWeek(ctx context.Context, in *weekQuery) (*Answer[reports.Week], error) {
	return Answered(r.Inbox.Week(ctx, caller(ctx), in.Team, in.From))
}

func (r routes) exportWeek(ctx context.Context, in *weekQuery) (*huma.StreamResponse, error) {
	w, err := r.Inbox.Week(ctx, caller(ctx), in.Team, in.From)
	if err != nil {
		return nil, err
	}
	head := []string{
		"date", "calls", "missed", "voicemails", "texted", "replied", "recovered", "texts_after_hours",
		"tickets", "tickets_answered", "first_answer_seconds", "ratings", "rating",
	}
	return file("week-"+w.From+".csv", head, func(write func(...string)) error {
		for _, d := range append(w.Days, reports.Day{"total", w.Total}) {
			write(
				d.Date, strconv.Itoa(d.Calls), strconv.Itoa(d.Missed), strconv.Itoa(d.Voicemails), strconv.Itoa(d.Texted),
				strconv.Itoa(d.Replied), strconv.Itoa(d.Recovered), strconv.Itoa(d.AfterHours), strconv.Itoa(d.Tickets),
				strconv.Itoa(d.Answered), decimal(d.Answer), strconv.Itoa(d.Ratings), decimal(d.Rating),
			)
		}
		return nil
	}), nil
}

func decimal(optional *float64) string {
	if optional == nil {
		return ""
	}
	return strconv.FormatFloat(*optional, 'f', -1, 64)
}
