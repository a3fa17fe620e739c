package console

import (
	"net/url"
	"slices"
	"time"

	"ringback/settings"
)

// holidayRow is a holiday as the page of schedules lists it.
type holidayRow struct {
	settings.TeamHoliday
	Days string // "24 December – 26 December 2026"; empty: a calendar's alone

	Host   string // of its calendar
	Coming []namedDays
	More   bool   // there are more than are listed
	Fault  string // why the calendar cannot be read
}

// namedDays are days of a calendar.
type namedDays struct{ Title, Days string }

// comingDays is how many of a calendar's days are listed.
const comingDays = 5

// listed are the holidays that are not over, the next ones first.
func (v *View) listed(all []settings.TeamHoliday) []holidayRow {
	today := v.Now().Format(time.DateOnly)
	var rows []holidayRow
	for _, h := range all {
		if h.Feed == nil && *h.To < today {
			continue
		}
		row := holidayRow{TeamHoliday: h}
		if h.From != nil {
			row.Days = v.daysSaid(*h.From, *h.To)
		}
		if c := h.Calendar; c != nil {
			v.tellCalendar(&row, *c, today)
		}
		rows = append(rows, row)
	}
	first := func(r holidayRow) string {
		if r.From == nil {
			return "9999" // calendars stand below
		}
		return *r.From
	}
	slices.SortStableFunc(rows, func(a, b holidayRow) int {
		switch {
		case first(a) < first(b):
			return -1
		case first(a) > first(b):
			return 1
		}
		return 0
	})
	return rows
}

func (v *View) tellCalendar(row *holidayRow, c settings.HolidayCalendar, today string) {
	if address, err := url.Parse(*row.Feed); err == nil {
		row.Host = address.Host
	}
	if c.FailingSince != nil {
		row.Fault = v.fault(c.Fault())
	}
	for _, d := range c.Days {
		switch {
		case d.To < today:
		case len(row.Coming) == comingDays:
			row.More = true
		default:
			row.Coming = append(row.Coming, namedDays{d.Title, v.daysSaid(d.From, d.To)})
		}
	}
}

// daysSaid is a range of days in words.
func (v *View) daysSaid(from, to string) string {
	first, _ := time.Parse(time.DateOnly, from) // no other is stored
	last, _ := time.Parse(time.DateOnly, to)
	if from == to {
		return v.Words.Weekday(first) + ", " + v.Words.Date(first, v.Now())
	}
	return v.Words.Date(first, v.Now()) + " – " + v.Words.Date(last, v.Now())
}

// closeDays closes the team in one press: on a day, or from today until one.
func (v *View) closeDays() error {
	until, today := v.Form("how") == "until", v.Now().Format(time.DateOnly)
	day, err := time.Parse(time.DateOnly, v.Form("date"))
	h := settings.Holiday{Title: v.T("schedules.holiday_title", "Date", v.Words.Date(day, time.Time{}))}
	from, to := v.Form("date"), v.Form("date")
	if until {
		h.Title = v.T("holidays.until_title", "Date", v.Words.Date(day, time.Time{}))
		from, to = today, day.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if err == nil && to >= today {
		h.From, h.To = &from, &to
		if _, err = settings.AddHoliday(v.ctx(), v.db(), v.holidaysOf(false), v.Who.Who, h); err == nil {
			first, _ := time.Parse(time.DateOnly, from) // it was just taken
			return v.goSaved("/teams/"+v.Team.ID+"/schedules?week="+monday(first).Format(time.DateOnly), "holidays")
		}
		if _, refused := wrong(err); !refused {
			return err
		}
	}
	page, readErr := v.readSchedules("")
	if readErr != nil {
		return readErr
	}
	switch said, _ := v.refusal(err); {
	case conflict(err):
		page.Fault = said
	case until:
		page.Until, page.UntilFault = v.Form("date"), v.T("holidays.fault_until")
	default:
		page.Holiday, page.Fault = v.Form("date"), v.T("schedules.fault_date")
	}
	return v.ShowFault("schedules.html", page)
}

// holidaysOf are the team's own holidays, or the company's.
func (v *View) holidaysOf(company bool) settings.HolidaysOf {
	if company {
		return settings.HolidaysOf{Company: v.Who.CompanyID}
	}
	return settings.HolidaysOf{Company: v.Who.CompanyID, Team: v.Team.ID}
}

// deleteHoliday takes one away; the history can bring it back.
func (v *View) deleteHoliday() error {
	of, id, err := v.oneHoliday("delete-company-holiday")
	if err == nil {
		err = settings.DeleteHoliday(v.ctx(), v.db(), of, v.Who.Who, id)
	}
	if err != nil {
		return err
	}
	return v.goSaved("/teams/"+v.Team.ID+"/schedules", "holidays")
}

// oneHoliday is the one in the path. Of the company's the address says so, and
// they need a right of their own.
func (v *View) oneHoliday(operation string) (settings.HolidaysOf, string, error) {
	company := v.Query("of") == ofCompany
	if company {
		if err := v.Who.Allowed(operation); err != nil {
			return settings.HolidaysOf{}, "", err
		}
	}
	id, err := v.ID()
	return v.holidaysOf(company), id, err
}

const ofCompany = "company"
