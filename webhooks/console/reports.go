package console

import (
	"math"
	"strconv"
	"time"

	"ringback/gateway/reports"
	"ringback/webhooks/api"
)

type reportsPage struct {
	reports.Report
	Wanted  reports.Range // as it was asked for
	Faults  map[string]string
	Presets []preset
}

// preset is a range that people ask for by its name.
type preset struct {
	Name, From, To string
	Chosen         bool
}

func (v *View) wantedReport() reports.Range {
	return reports.Range{From: v.Query("from"), To: v.Query("to"), By: v.Query("by")}
}

// reports is how the team's days went.
func (v *View) reports() error {
	page := reportsPage{Wanted: v.wantedReport()}
	found, err := v.console.Inbox.Report(v.ctx(), v.Who, v.Team.ID, page.Wanted)
	if faults, invalid := v.Faults(err); invalid {
		page.Faults = faults
		page.Presets = v.presets(page.Wanted)
		return v.ShowFault("reports.html", page)
	}
	if err != nil {
		return err
	}
	page.Report, page.Wanted.From, page.Wanted.To = found, found.From, found.To
	page.Presets = v.presets(page.Wanted)
	return v.Show("reports.html", page)
}

// presets are this week and the one before, this month and the one before, and
// the last twelve months.
func (v *View) presets(wanted reports.Range) []preset {
	now := v.Now()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	week := monday(today)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	all := []preset{
		{Name: "this_week", From: day(week), To: day(week.AddDate(0, 0, 6))},
		{Name: "last_week", From: day(week.AddDate(0, 0, -7)), To: day(week.AddDate(0, 0, -1))},
		{Name: "this_month", From: day(month), To: day(today)},
		{Name: "last_month", From: day(month.AddDate(0, -1, 0)), To: day(month.AddDate(0, 0, -1))},
		{Name: "twelve_months", From: day(month.AddDate(0, -11, 0)), To: day(today)},
	}
	for n := range all {
		all[n].Chosen = all[n].From == wanted.From && all[n].To == wanted.To
	}
	return all
}

func day(at time.Time) string { return at.Format(time.DateOnly) }

// Day is a date as one says it, with its weekday.
func (v *View) Day(date string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return v.Words.Weekday(at) + ", " + v.Words.Date(at, v.Now())
}

// Days are a period as one says it: a day, or from one to another.
func (v *View) Days(from, to string) string {
	if from == to {
		return v.Day(from)
	}
	return v.date(from) + " – " + v.date(to)
}

// date is a date as one says it.
func (v *View) date(date string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return v.Words.Date(at, v.Now())
}

func missed(c reports.Counts) (whole, part int)     { return c.Missed, c.Recovered }
func afterHours(c reports.Counts) (whole, part int) { return c.AfterHours, c.AfterHours }

// MostMissed and MostAfterHours are how high the charts are.
func (p reportsPage) MostMissed() int     { return p.most(missed) }
func (p reportsPage) MostAfterHours() int { return p.most(afterHours) }

// Missed are the bars of missed calls, recovered ones below.
func (p reportsPage) Missed(v *View) []Bar {
	return p.bars(v, missed, func(days string, whole, part int) string {
		return v.T("reports.bar_missed", "Days", days, "N", whole, "Recovered", part)
	})
}

// AfterHours are the bars of texts after hours.
func (p reportsPage) AfterHours(v *View) []Bar {
	return p.bars(v, afterHours, func(days string, whole, _ int) string {
		return v.T("reports.bar_after_hours", "Days", days, "N", whole)
	})
}

func (p reportsPage) most(of func(reports.Counts) (whole, part int)) (most int) {
	for _, each := range p.Periods {
		whole, _ := of(each.Counts)
		most = max(most, whole)
	}
	return most
}

func (p reportsPage) bars(v *View, of func(reports.Counts) (whole, part int), says func(days string, whole, part int) string) []Bar {
	return chart(len(p.Periods), func(n int) (whole, part int) { return of(p.Periods[n].Counts) }, func(n, whole, part int) string {
		return says(v.Days(p.Periods[n].From, p.Periods[n].To), whole, part)
	})
}

// Sent is how many automated texts went out, and Cost what they came to.
func (p reportsPage) Sent() (sent int) {
	for _, a := range p.Automations {
		sent += a.Sent
	}
	return sent
}

// Cost is what all texts came to, in words; empty without a price.
func (p reportsPage) Cost(v *View) string {
	if p.Currency == "" {
		return ""
	}
	cost := 0.0
	for _, a := range p.Automations {
		if a.Cost == nil {
			return ""
		}
		cost += *a.Cost
	}
	return v.Price(&cost, p.Currency)
}

// Price is an amount in words; empty: none is known.
func (v *View) Price(amount *float64, currency string) string {
	if amount == nil {
		return ""
	}
	return v.Words.Number(math.Round(*amount*100)/100) + " " + currency
}

// Span is a time in words: seconds, minutes or hours.
func (v *View) Span(seconds *float64) string {
	switch {
	case seconds == nil:
		return "–"
	case *seconds < 90:
		return v.T("reports.seconds", "N", int(math.Round(*seconds)))
	case *seconds < 90*60:
		return v.T("reports.minutes", "N", int(math.Round(*seconds/60)))
	}
	return v.T("reports.hours", "N", int(math.Round(*seconds/3600)))
}

// Score is an average of ratings with one decimal.
func (v *View) Score(score *float64) string {
	if score == nil {
		return "–"
	}
	return v.Words.Number(math.Round(*score*10) / 10)
}

// Share is a part of a whole in percent; empty without a whole.
func (reportsPage) Share(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return strconv.Itoa(int(math.Round(100*float64(part)/float64(whole)))) + " %"
}

// reportFile is the same as a file.
func (v *View) reportFile() error {
	file, err := api.ReportFile(v.ctx(), v.console.Inbox, v.Who, v.Team.ID, v.wantedReport())
	if err != nil {
		return err
	}
	return v.file(file)
}
