package console

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ringback/settings"
)

// holidayCalendar is a month of days off, or the twelve of a year.
type holidayCalendar struct {
	Months           []holidayMonth
	Year             string // empty: it is one month
	Title            string
	Earlier, Later   string // the queries of what is before and after
	Other            string // the query of the year, or of a month
	MayChange, Empty bool
	Listed           []daysOff // those that are drawn, in words
}

type holidayMonth struct {
	Title, Query string
	Weeks        [][]calendarDay
}

// calendarDay is a cell. Bars are one above the other: nil where nothing is, so that
// a range stays at its height through the week.
type calendarDay struct {
	Date          time.Time
	Outside       bool // of another month
	Today         bool
	Bars          []*holidayBar
	Names         []string // of all that closes it
	OfTheCompany  bool     // the whole company is closed
	OfTheTeamToo  bool
	Spoken, Value string // "24 December 2026", "2026-12-24"
}

// holidayBar is a range through a day. It is drawn at its first day of the week.
type holidayBar struct {
	daysOff
	Span         int // days in this week; 0: it was drawn on a day before
	Came, GoesOn bool
}

// daysOff is a range of days off, with its name.
type daysOff struct {
	Title    string
	From, To time.Time
	Company  bool
	Link     string // to change it; empty: who looks may not
	Days     string // in words
}

func (d daysOff) on(day time.Time) bool { return !day.Before(d.From) && !day.After(d.To) }

// holidayCalendar shows the days off of the team and of the company.
func (v *View) holidayCalendar() error {
	first, months, err := v.calendarRange()
	if err != nil {
		return err
	}
	hours, err := settings.LoadHours(v.ctx(), v.db(), v.Team.Team)
	if err != nil {
		return err
	}
	page := holidayCalendar{MayChange: v.Who.MayCall("create-holiday")}
	all := v.daysOff(hours.Holidays)
	last := first.AddDate(0, months, -1)
	for _, d := range all {
		if !d.To.Before(first) && !d.From.After(last) {
			page.Listed = append(page.Listed, d)
		}
	}
	page.Empty = len(page.Listed) == 0
	for n := range months {
		page.Months = append(page.Months, v.calendarMonth(first.AddDate(0, n, 0), all))
	}
	if months == 1 {
		page.Title, page.Other = v.Words.MonthOf(first), first.Format("?year=2006")
		page.Earlier, page.Later = monthQuery(first.AddDate(0, -1, 0)), monthQuery(first.AddDate(0, 1, 0))
	} else {
		page.Title, page.Year = first.Format("2006"), first.Format("2006")
		page.Earlier, page.Later = first.AddDate(-1, 0, 0).Format("?year=2006"), first.AddDate(1, 0, 0).Format("?year=2006")
		page.Other = monthQuery(first)
		if v.Now().Format("2006") == page.Year {
			page.Other = "?"
		}
	}
	return v.Show("holiday-calendar.html", page)
}

func monthQuery(month time.Time) string { return month.Format("?month=2006-01") }

// calendarRange is the first month that is asked for, and how many.
func (v *View) calendarRange() (first time.Time, months int, err error) {
	if year := v.Query("year"); year != "" {
		first, err = settings.ParseDate("year", year+"-01-01")
		return first, 12, err
	}
	month := v.Query("month")
	if month == "" {
		month = v.Now().Format("2006-01")
	}
	first, err = settings.ParseDate("month", month+"-01")
	return first, 1, err
}

// daysOff are all ranges, those of calendars that are subscribed to included; the
// first ones first, and of those the longest.
func (v *View) daysOff(holidays []settings.TeamHoliday) []daysOff {
	mayTeam, mayCompany := v.Who.MayCall("change-holiday"), v.Who.MayCall("change-company-holiday")
	var all []daysOff
	add := func(h settings.TeamHoliday, title, from, to string) {
		d := daysOff{Title: title, Company: h.OfCompany, Days: v.daysSaid(from, to)}
		d.From, _ = time.Parse(time.DateOnly, from) // no other is stored
		d.To, _ = time.Parse(time.DateOnly, to)
		switch {
		case !h.OfCompany && mayTeam:
			d.Link = "/teams/" + v.Team.ID + "/holidays/" + h.ID
		case h.OfCompany && mayCompany:
			d.Link = "/teams/" + v.Team.ID + "/holidays/" + h.ID + "?of=" + ofCompany
		}
		all = append(all, d)
	}
	for _, h := range holidays {
		if h.From != nil {
			add(h, h.Title, *h.From, *h.To)
		}
		if h.Calendar != nil {
			for _, d := range h.Calendar.Days {
				add(h, d.Title, d.From, d.To)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b daysOff) int {
		return cmp.Or(a.From.Compare(b.From), b.To.Compare(a.To))
	})
	return all
}

// calendarMonth is the whole weeks that a month is in.
func (v *View) calendarMonth(month time.Time, all []daysOff) holidayMonth {
	m := holidayMonth{Title: v.Words.MonthOf(month), Query: monthQuery(month)}
	for first := v.Words.WeekOf(month); first.Before(month.AddDate(0, 1, 0)); first = first.AddDate(0, 0, 7) {
		week := make([]calendarDay, 7)
		for n := range week {
			week[n] = v.calendarDay(first.AddDate(0, 0, n), month, all)
		}
		drawBars(week, all)
		m.Weeks = append(m.Weeks, week)
	}
	return m
}

func (v *View) calendarDay(date, month time.Time, all []daysOff) calendarDay {
	day := calendarDay{
		Date: date, Value: date.Format(time.DateOnly), Spoken: v.Words.Date(date, time.Time{}),
		Outside: date.Month() != month.Month(), Today: date.Format(time.DateOnly) == v.Now().Format(time.DateOnly),
	}
	for _, d := range all {
		if d.on(date) {
			day.Names = append(day.Names, d.Title)
			day.OfTheCompany = day.OfTheCompany || d.Company
			day.OfTheTeamToo = day.OfTheTeamToo || !d.Company
		}
	}
	return day
}

// drawBars gives each range of the week the highest line that is free on all its days.
func drawBars(week []calendarDay, all []daysOff) {
	for _, d := range all {
		first := slices.IndexFunc(week, func(day calendarDay) bool { return d.on(day.Date) })
		if first < 0 {
			continue
		}
		span := 0
		for first+span < 7 && d.on(week[first+span].Date) {
			span++
		}
		line := 0
		for slices.ContainsFunc(week[first:first+span], func(day calendarDay) bool { return line < len(day.Bars) && day.Bars[line] != nil }) {
			line++
		}
		for n := range span {
			day := &week[first+n]
			for len(day.Bars) <= line {
				day.Bars = append(day.Bars, nil)
			}
			bar := &holidayBar{daysOff: d}
			if n == 0 {
				bar.Span, bar.Came, bar.GoesOn = span, d.From.Before(day.Date), d.To.After(week[first+span-1].Date)
			}
			day.Bars[line] = bar
		}
	}
}

// Class is how the bar is drawn.
func (b holidayBar) Class() string {
	class := fmt.Sprint("holiday-bar span-", b.Span)
	if b.Came {
		class += " came"
	}
	if b.GoesOn {
		class += " goes-on"
	}
	if b.Company {
		class += " company"
	}
	return class
}
