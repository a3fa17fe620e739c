package settings

import (
	"context"
	"fmt"
	"time"

	zones "ringback/settings/zone"

	"github.com/jmoiron/sqlx"

	"ringback/settings/schedule"
)

// Hours is how a team stands at one instant.
type Hours struct {
	Open      bool            `json:"open"`
	Reason    schedule.Reason `json:"reason" doc:"open, holiday, closed_by_schedule, outside_schedules or no_schedules"`
	Schedule  *string         `json:"schedule" doc:"Id of the schedule in effect"`
	Holiday   *InHoliday      `json:"holiday,omitempty" doc:"The holiday, which beats every schedule; left out: it is none"`
	NextOpen  *time.Time      `json:"next_open"`
	NextClose *time.Time      `json:"next_close"`
}

// HoursAt is how the team stands at that instant.
func HoursAt(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string, at time.Time) (Hours, error) {
	team, err := FindTeam(ctx, q, companyID, teamID)
	if err != nil {
		return Hours{}, err
	}
	hours, err := LoadHours(ctx, q, team)
	if err != nil {
		return Hours{}, err
	}
	return hours.At(at), nil
}

// TeamHours is all that says when a team is open.
type TeamHours struct {
	Schedules []Schedule    // each before those that it counts over
	Holidays  []TeamHoliday // the team's own first, and the newest first of each; those that are over too

	team Team
	set  *schedule.Set
}

// TeamHoliday is a holiday that closes a team.
type TeamHoliday struct {
	Holiday
	OfCompany bool // and every other
}

const holidaysOfTeam = `
select ` + holidayColumns + `, h.team_id is null as of_company from holidays h
where company_id = $1 and (team_id = $2 or team_id is null)
order by of_company, id desc`

// LoadHours reads when the team is open.
func LoadHours(ctx context.Context, q sqlx.QueryerContext, team Team) (TeamHours, error) {
	h := TeamHours{team: team}
	var err error
	if h.Schedules, err = ListSchedules(ctx, q, team.CompanyID, team.ID, "", MaxSchedules); err != nil {
		return h, err
	}
	var stored []storedHoliday
	if err := sqlx.SelectContext(ctx, q, &stored, holidaysOfTeam, team.CompanyID, team.ID); err != nil {
		return h, wrap(err, "holidays")
	}
	for _, s := range stored {
		h.Holidays = append(h.Holidays, TeamHoliday{s.shown(), s.OfCompany})
	}
	closed, err := closing(stored, team.TimeZone)
	if err == nil {
		h.set, err = scheduleSet(h.Schedules, closed)
	}
	return h, wrap(err, "team "+team.ID)
}

// At is how the team stands at that instant.
func (t TeamHours) At(at time.Time) Hours {
	state := t.set.At(at)
	h := Hours{
		Open: state.Open, Reason: state.Reason,
		NextOpen: instant(t.set.NextOpen(at)), NextClose: instant(t.set.NextClose(at)),
	}
	if state.InEffect != nil {
		h.Schedule = &state.InEffect.ID
	}
	if state.Holiday != nil {
		h.Holiday = &InHoliday{state.Holiday.ID, state.Holiday.Days}
	}
	return h
}

// InHoliday is a holiday that a team is in.
type InHoliday struct {
	ID string `json:"id"`
	schedule.Days
}

func instant(t time.Time, known bool) *time.Time {
	if !known {
		return nil
	}
	t = t.UTC()
	return &t
}

// WeekHours is which schedule or holiday is in effect when, over seven days of
// the team's zone.
type WeekHours struct {
	From     string     `json:"from"`
	TimeZone string     `json:"time_zone"`
	Days     []DayHours `json:"days" nullable:"false"`
}

// DayHours is one of the days.
type DayHours struct {
	Date   string  `json:"date"`
	Blocks []Block `json:"blocks" nullable:"false" doc:"Times in which a schedule or a holiday is in effect; in between the team is closed"`
}

// Block is a stretch of a day during which a schedule is in effect, or which is
// a holiday.
type Block struct {
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at" doc:"Exclusive"`
	From     string    `json:"from" doc:"On the clock of the team's zone"`
	To       string    `json:"to" doc:"Likewise; 24:00 at the end of the day"`
	Open     bool      `json:"open" doc:"false: the team counts as closed, though phones may ring"`
	Rings    bool      `json:"rings" doc:"Somebody is named whose phone rings"`
	Schedule string    `json:"schedule" doc:"Id of the schedule in effect; empty in a holiday"`
	Holiday  string    `json:"holiday" doc:"Id of the holiday; empty: it is none"`
	Title    string    `json:"title"`
}

// HoursInWeek is the team's hours over the seven days from a date on; empty is
// the Monday of the week of now.
func HoursInWeek(ctx context.Context, q sqlx.QueryerContext, companyID, teamID, from string, now time.Time) (WeekHours, error) {
	team, err := FindTeam(ctx, q, companyID, teamID)
	if err != nil {
		return WeekHours{}, err
	}
	hours, err := LoadHours(ctx, q, team)
	if err != nil {
		return WeekHours{}, err
	}
	return hours.Week(from, now)
}

// Week is the hours over the seven days from a date on, as HoursInWeek has them.
func (t TeamHours) Week(from string, now time.Time) (WeekHours, error) {
	zone, err := zones.Load(t.team.TimeZone)
	if err != nil {
		return WeekHours{}, fmt.Errorf("team %s: %w", t.team.ID, err)
	}
	first, err := FirstDay(from, now.In(zone))
	if err != nil {
		return WeekHours{}, err
	}
	rings := map[string]bool{}
	for _, s := range t.Schedules {
		rings[s.ID] = len(s.Advisors) > 0
	}
	week := WeekHours{From: first.Format(time.DateOnly), TimeZone: t.team.TimeZone}
	for n := range 7 {
		date := first.AddDate(0, 0, n)
		// noon is on the same day in every zone and season
		noon := time.Date(date.Year(), date.Month(), date.Day(), 12, 0, 0, 0, zone)
		week.Days = append(week.Days, DayHours{date.Format(time.DateOnly), blocks(t.set.Day(noon), rings)})
	}
	return week, nil
}

func blocks(drawn []schedule.Block, rings map[string]bool) []Block {
	all := []Block{}
	for _, b := range drawn {
		block := Block{StartsAt: b.From.UTC(), EndsAt: b.To.UTC(), From: wallTime(b.Starts), To: wallTime(b.Ends)}
		if b.Holiday != nil {
			block.Holiday, block.Title = b.Holiday.ID, b.Holiday.Title
		} else {
			block.Open, block.Rings, block.Schedule, block.Title = b.InEffect.Business(), rings[b.InEffect.ID], b.InEffect.ID, b.InEffect.Title
		}
		all = append(all, block)
	}
	return all
}

func wallTime(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
