package console

import (
	"fmt"
	"time"

	"ringback/settings"
)

// schedule is a ring schedule on the page.
type schedule struct {
	settings.Schedule
	Hints []string
}

// After reports whether the team counts as closed while it is in effect.
func (s schedule) After() bool { return s.BusinessHours != nil && !*s.BusinessHours }

type hoursDay struct {
	Date   string
	Blocks []hoursBlock
	Today  bool
	Now    string // of today: how far down the day is
}

type hoursBlock struct{ settings.Block }

// Class is how the block is drawn.
func (b hoursBlock) Class() string {
	switch {
	case b.Open:
		return "open"
	case b.Rings:
		return "rings"
	}
	return "closed"
}

// Top and High place the block in its day, in percent.
func (b hoursBlock) Top() string  { return percent(minutes(b.From)) }
func (b hoursBlock) High() string { return percent(minutes(b.To) - minutes(b.From)) }

// Tall reports whether there is room to write in it, Taller whether for two lines.
func (b hoursBlock) Tall() bool   { return minutes(b.To)-minutes(b.From) >= 120 }
func (b hoursBlock) Taller() bool { return minutes(b.To)-minutes(b.From) >= 180 }

func minutes(clock string) int {
	var hours, rest int
	_, _ = fmt.Sscanf(clock, "%d:%d", &hours, &rest) // it was written so
	return 60*hours + rest
}

func percent(minutes int) string { return fmt.Sprintf("%.3f%%", float64(minutes)/14.4) }

type schedulesPage struct {
	Items     []schedule
	Names     map[string]string // of advisors, by id
	Now       settings.Hours
	Days      []hoursDay
	From      string
	MayChange bool
	MayOrder  bool

	Moved      string // which one now stands where
	OrderFault string

	Holidays       []holidayRow
	MayCompany     bool   // whoever looks may change those of the company
	Holiday, Until string // the dates in the fields of what closes the team in one press
	Fault          string // of the first
	UntilFault     string
	Said           string
}

// Shift is the first day of the week that many days later.
func (p schedulesPage) Shift(days int) string {
	at, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, days).Format(time.DateOnly)
}

// InEffect is the title of the holiday or the schedule in effect.
func (p schedulesPage) InEffect() string {
	if p.Now.Holiday != nil {
		return p.Now.Holiday.Title
	}
	for _, s := range p.Items {
		if p.Now.Schedule != nil && s.ID == *p.Now.Schedule {
			return s.Title
		}
	}
	return ""
}

// Ringing are the names of those whose phones ring.
func (p schedulesPage) Ringing(s schedule) string { return named(s.Advisors, p.Names) }

func (v *View) readSchedules(from string) (schedulesPage, error) {
	tomorrow := v.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	page := schedulesPage{
		MayChange: v.Who.MayCall("create-schedule"), MayOrder: v.Who.MayCall("order-schedules"), MayCompany: v.Who.MayCall("change-company-holiday"), Holiday: tomorrow, Until: tomorrow,
	}
	hours, err := settings.LoadHours(v.ctx(), v.db(), v.Team.Team)
	if err != nil {
		return page, err
	}
	page.Holidays = v.listed(hours.Holidays)
	page.Now = hours.At(v.now)
	week, err := hours.Week(from, v.now)
	if err != nil {
		return page, err
	}
	page.From = week.From
	for _, d := range week.Days {
		page.Days = append(page.Days, v.drawn(d))
	}
	page.Names, err = v.advisors()
	hints := hours.Hints(v.now)
	for _, s := range hours.Schedules {
		page.Items = append(page.Items, schedule{s, v.hinted(hints[s.ID], page.Names)})
	}
	page.MayOrder = page.MayOrder && len(page.Items) > 1
	return page, err
}

// drawn is a day as the page draws it.
func (v *View) drawn(d settings.DayHours) hoursDay {
	day := hoursDay{
		Date: d.Date, Today: d.Date == v.Now().Format(time.DateOnly),
		Now: percent(60*v.Now().Hour() + v.Now().Minute()),
	}
	for _, b := range d.Blocks {
		day.Blocks = append(day.Blocks, hoursBlock{b})
	}
	return day
}

// advisors are the names of the staff whom one may see, by id.
func (v *View) advisors() (map[string]string, error) {
	names := map[string]string{}
	if v.Who.MayCall("list-staff") { // a schedule may ring somebody of another team
		list, err := settings.ListStaff(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, "", "", most)
		for _, m := range list {
			names[m.ID] = m.Name
		}
		return names, err
	}
	list, err := v.colleagues()
	for _, m := range list {
		names[m.ID] = m.Name
	}
	return names, err
}

// schedules is when the phones ring.
func (v *View) schedules() error {
	page, err := v.readSchedules(v.Query("week"))
	if err != nil {
		return err
	}
	return v.Show("schedules.html", page)
}

// switchSchedule switches one on or off.
func (v *View) switchSchedule() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.changeSchedule(id, func(s *settings.Schedule) { s.Enabled = v.Form("enabled") == "true" }); err != nil {
		return err
	}
	return v.goSaved("/teams/"+v.Team.ID+"/schedules", "schedule-"+id)
}

func monday(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+6)%7) }

// Soon is a coming time as briefly as is clear now: the time alone today, the
// weekday within a week, else the date.
func (v *View) Soon(at time.Time) string {
	at, now := v.Local(at), v.Now()
	today, _ := time.Parse(time.DateOnly, now.Format(time.DateOnly)) // a date that was just written
	day, _ := time.Parse(time.DateOnly, at.Format(time.DateOnly))
	switch days := int(day.Sub(today).Hours() / 24); {
	case days == 0:
		return at.Format("15:04")
	case days <= 1:
		return v.Words.Moment(at, now)
	case days < 7:
		return v.Words.Weekday(at) + " " + at.Format("15:04")
	}
	return v.Words.Weekday(at) + ", " + v.Words.Moment(at, now)
}

// Today reports whether a time is today, in the team's zone.
func (v *View) Today(at time.Time) bool {
	return v.Local(at).Format(time.DateOnly) == v.Now().Format(time.DateOnly)
}
