package api

import (
	"context"
	"fmt"
	"time"

	"ringback/settings"
	"ringback/settings/schedule"
)

type weekHoursOf struct {
	OfTeam
	From string `query:"from" maxLength:"10" example:"2026-06-01" doc:"The first of the seven days; left out: this week's Monday"`
}

type weekHours struct {
	From     string     `json:"from"`
	TimeZone string     `json:"time_zone"`
	Days     []dayHours `json:"days" nullable:"false"`
}

type dayHours struct {
	Date   string  `json:"date"`
	Blocks []block `json:"blocks" nullable:"false" doc:"Times in which a schedule is in effect; in between the team is closed"`
}

type block struct {
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at" doc:"Exclusive"`
	From     string    `json:"from" doc:"On the clock of the team's zone"`
	To       string    `json:"to" doc:"Likewise; 24:00 at the end of the day"`
	Open     bool      `json:"open" doc:"false: the team counts as closed, though phones may ring"`
	Rings    bool      `json:"rings" doc:"Somebody is named whose phone rings"`
	Schedule string    `json:"schedule" doc:"Id of the schedule in effect"`
	Title    string    `json:"title"`
}

func (r routes) getWeekHours(ctx context.Context, in *weekHoursOf) (*Answer[weekHours], error) {
	company := caller(ctx).CompanyID
	team, err := settings.FindTeam(ctx, r.DB, company, in.Team)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(team.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("team %s: %w", team.ID, err)
	}
	first, err := settings.FirstDay(in.From, r.Clock.Now().In(zone))
	if err != nil {
		return nil, err
	}
	stored, err := settings.ListSchedules(ctx, r.DB, company, in.Team, "", settings.MaxSchedules)
	if err != nil {
		return nil, err
	}
	set, err := settings.ScheduleSet(stored)
	if err != nil {
		return nil, err
	}
	rings := map[string]bool{}
	for _, s := range stored {
		rings[s.ID] = len(s.Advisors) > 0
	}
	week := weekHours{From: first.Format(time.DateOnly), TimeZone: team.TimeZone}
	for n := range 7 {
		date := first.AddDate(0, 0, n)
		// noon is on the same day in every zone and season
		noon := time.Date(date.Year(), date.Month(), date.Day(), 12, 0, 0, 0, zone)
		week.Days = append(week.Days, dayHours{date.Format(time.DateOnly), blocks(set.Day(noon), rings)})
	}
	return Answered(week, nil)
}

func blocks(drawn []schedule.Block, rings map[string]bool) []block {
	all := []block{}
	for _, b := range drawn {
		all = append(all, block{
			b.From.UTC(), b.To.UTC(), wallTime(b.Starts), wallTime(b.Ends),
			b.InEffect.Business(), rings[b.InEffect.ID], b.InEffect.ID, b.InEffect.Title,
		})
	}
	return all
}

func wallTime(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
