package api

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
	"ringback/gateway/reports"
	"ringback/settings/staff"
)

func (r routes) reports(api huma.API) {
	op := csvOp("get-report", "/teams/{team}/report", "How a team's days went: by day, week or month, and by automated message")
	op.Description = "Days are those of the team's time zone; a call counts on the day it came. At most a year. " +
		"With Accept: text/csv, and at /report.csv, the periods as a file."
	op.Responses["200"].Content["application/json"] = &huma.MediaType{
		Schema: huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[reports.Report]()),
	}
	huma.Register(api, op, r.getReport)
	huma.Register(api, csvOp("export-report", "/teams/{team}/report.csv", "The same as a file"), r.exportReport)
}

type reportQuery struct {
	Team   string `path:"team"`
	Accept string `header:"Accept"`
	From   string `query:"from" maxLength:"10" example:"2026-06-01" doc:"The first day; left out: the first of the month in which the last one lies"`
	To     string `query:"to" maxLength:"10" example:"2026-06-30" doc:"The last day, which counts; left out: today"`
	By     string `query:"by" enum:"day,week,month" doc:"Left out: by day up to a month, by week up to half a year, else by month"`
}

func (in *reportQuery) wanted() reports.Range {
	return reports.Range{From: in.From, To: in.To, By: in.By}
}

func (r routes) getReport(ctx context.Context, in *reportQuery) (*huma.StreamResponse, error) {
	if strings.HasPrefix(in.Accept, "text/csv") {
		return r.exportReport(ctx, in)
	}
	found, err := r.Inbox.Report(ctx, caller(ctx), in.Team, in.wanted())
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "application/json")
		ctx.SetHeader("Vary", "Accept")
		_, _ = ctx.BodyWriter().Write(body) // who is gone reads no answer
	}}, nil
}

func (r routes) exportReport(ctx context.Context, in *reportQuery) (*huma.StreamResponse, error) {
	return streamed(ReportFile(ctx, r.Inbox, caller(ctx), in.Team, in.wanted()))
}

// ReportFile is a team's report by period, and the whole as its last line.
func ReportFile(ctx context.Context, desk inbox.Desk, who staff.Principal, team string, wanted reports.Range) (File, error) {
	found, err := desk.Report(ctx, who, team, wanted)
	head := []string{
		"from", "to", "calls", "missed", "voicemails", "texted", "replied", "recovered", "texts_after_hours",
		"tickets", "tickets_answered", "first_answer_seconds", "ratings", "rating",
	}
	return File{"report-" + found.From + "-" + found.To + ".csv", head, func(write func(...string)) error {
		for _, p := range append(found.Periods, reports.Period{From: "total", To: "", Counts: found.Total}) {
			write(
				p.From, p.To, strconv.Itoa(p.Calls), strconv.Itoa(p.Missed), strconv.Itoa(p.Voicemails), strconv.Itoa(p.Texted),
				strconv.Itoa(p.Replied), strconv.Itoa(p.Recovered), strconv.Itoa(p.AfterHours), strconv.Itoa(p.Tickets),
				strconv.Itoa(p.Answered), decimal(p.Answer), strconv.Itoa(p.Ratings), decimal(p.Rating),
			)
		}
		return nil
	}}, err
}
