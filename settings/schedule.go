package settings

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings/schedule"
)

// MaxSchedules is how many ring schedules a team can have.
const MaxSchedules = 25

// Schedule is one ring schedule as it is stored and as the API shows it. Its
// times are those of a clock on a wall in its zone.
type Schedule struct {
	ID            string    `db:"id" json:"id" readOnly:"true"`
	Title         string    `db:"title" json:"title" maxLength:"100"`
	TimeZone      string    `db:"time_zone" json:"time_zone" maxLength:"64" doc:"IANA time zone, such as America/Chicago"`
	StartsAt      string    `db:"starts_at" json:"starts_at" maxLength:"19" example:"2026-01-05T08:00" doc:"Wall clock in its zone, without an offset"`
	EndsAt        string    `db:"ends_at" json:"ends_at" maxLength:"19" example:"2026-01-05T17:00" doc:"Exclusive; of the first occurrence"`
	RRule         *string   `db:"rrule" json:"rrule" required:"false" maxLength:"1000" example:"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" doc:"RFC 5545; null: once"`
	Enabled       bool      `db:"enabled" json:"enabled" required:"false"`
	BusinessHours *bool     `db:"business_hours" json:"business_hours" required:"false" doc:"null: assumed yes; false: phones ring and the team counts as closed"`
	Advisors      Advisors  `db:"advisors" json:"advisors" required:"false" nullable:"false" maxItems:"200" doc:"Ids of the staff whose phones ring"`
	CreatedAt     time.Time `db:"created_at" json:"created_at" readOnly:"true"`
	RankedAt      time.Time `db:"ranked_at" json:"ranked_at" readOnly:"true" doc:"Of schedules that overlap, the one with the latest counts: when it was made, until somebody puts them in another order"`
	UpdatedAt     time.Time `db:"updated_at" json:"updated_at" readOnly:"true"`
}

// Advisors are ids of staff.
type Advisors []string

// Scan reads the column.
func (a *Advisors) Scan(column any) error {
	raw, ok := column.([]byte)
	if !ok {
		return fmt.Errorf("advisors: cannot read %T", column)
	}
	return json.Unmarshal(raw, a)
}

// Value writes the column.
func (a Advisors) Value() (driver.Value, error) {
	if a == nil {
		return "[]", nil
	}
	raw, err := json.Marshal(a)
	return string(raw), err
}

// NewSchedule is a schedule with what is so unless it is said otherwise.
func NewSchedule() Schedule { return Schedule{Enabled: true, Advisors: Advisors{}} }

func weekdays(zone string) Schedule {
	s, rule := NewSchedule(), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	s.Title, s.TimeZone, s.RRule = "Weekdays", zone, &rule
	s.StartsAt, s.EndsAt = "2026-01-05T08:00", "2026-01-05T17:00" // a Monday
	return s
}

// parse checks the schedule.
func (s Schedule) parse() (schedule.Schedule, error) {
	spec := schedule.Spec{
		ID: s.ID, Title: s.Title, TimeZone: s.TimeZone, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
		Enabled: s.Enabled, BusinessHours: s.BusinessHours, Created: s.CreatedAt, Ranked: s.RankedAt,
	}
	if s.RRule != nil {
		spec.RRule = *s.RRule
	}
	return schedule.New(spec)
}

// check holds a schedule to what can be one, as it is to be stored in place of
// another; that one's times are left as they are, whatever they may be now.
func (s Schedule) check(ctx context.Context, q sqlx.QueryerContext, companyID string, before Schedule) error {
	var wrong Invalid
	parsed, err := s.parse()
	_ = wrong.Take(err) // it knows no other errors
	wrong.Add(err == nil && !s.sameTimes(before) && parsed.MeetsItself(), "ends_at", "meets_itself")
	known, err := among(ctx, q, staffAmong, companyID, s.Advisors)
	if err != nil {
		return err
	}
	wrong.Add(s.RRule != nil && *s.RRule == "", "rrule", "rule_empty")
	wrong = append(wrong, checkAdvisors("", s.Advisors, known)...)
	wrong.Bounds("", s)
	return wrong.Err()
}

// sameTimes reports whether two schedules have the same occurrences by their clocks.
func (s Schedule) sameTimes(other Schedule) bool {
	rule, others := "", ""
	if s.RRule != nil {
		rule = *s.RRule
	}
	if other.RRule != nil {
		others = *other.RRule
	}
	return s.StartsAt == other.StartsAt && s.EndsAt == other.EndsAt && rule == others
}

// scheduleSet turns stored schedules into one that answers questions.
func scheduleSet(stored []Schedule, holidays []schedule.Holiday) (*schedule.Set, error) {
	all, err := parseAll(stored)
	return schedule.NewSet(all, holidays...), err
}

// Calendar returns the team's schedules, and its and the company's holidays, as an
// iCalendar file (RFC 5545).
func Calendar(team *Snapshot, stored []Schedule) ([]byte, error) {
	all, err := parseAll(stored)
	return schedule.ICS(team.Team.Name, all, team.Schedules.Holidays()...), err
}

func parseAll(stored []Schedule) ([]schedule.Schedule, error) {
	all := make([]schedule.Schedule, 0, len(stored))
	for _, s := range stored {
		parsed, err := s.parse()
		if err != nil {
			return nil, fmt.Errorf("schedule %s: %w", s.ID, err)
		}
		all = append(all, parsed)
	}
	return all, nil
}

// seconds are shown where there are any
const wall = `case when extract(second from starts_at) + extract(second from ends_at) = 0
	then 'YYYY-MM-DD"T"HH24:MI' else 'YYYY-MM-DD"T"HH24:MI:SS' end`

const scheduleColumns = `id, title, time_zone, to_char(starts_at, ` + wall + `) as starts_at, to_char(ends_at, ` + wall + `) as ends_at,
	rrule, enabled, business_hours, advisors, created_at, ` + ranked + ` as ranked_at, updated_at`

// ranked is the moment that a schedule counts by beside others.
const ranked = `coalesce(ranked_at, created_at)`

const listSchedules = `
select ` + scheduleColumns + ` from schedules
where company_id = $1 and team_id = $2 and ($3 = '' or (` + ranked + `, id) < (
	coalesce((select ` + ranked + ` from schedules where company_id = $1 and team_id = $2 and id = nullif($3, '')::uuid), $5::timestamptz), nullif($3, '')::uuid))
order by ` + ranked + ` desc, id desc limit $4`

// ListSchedules returns the team's schedules, each before those that it counts over, from
// the one after that id on; of one that is gone meanwhile, from where it was made.
func ListSchedules(ctx context.Context, q sqlx.QueryerContext, companyID, teamID, after string, limit int) ([]Schedule, error) {
	schedules := []Schedule{}
	err := sqlx.SelectContext(ctx, q, &schedules, listSchedules, companyID, teamID, after, limit, made(after))
	return schedules, wrap(err, "schedules")
}

const findSchedule = `select ` + scheduleColumns + ` from schedules where company_id = $1 and team_id = $2 and id = $3`

// Schedule returns one of the team's schedules under the edit's lock.
func (e *Edit) Schedule(ctx context.Context, id string) (Schedule, error) {
	var s Schedule
	err := get(ctx, e.tx, &s, findSchedule, e.Team.CompanyID, e.Team.ID, id)
	return s, wrap(err, "schedule "+id)
}

const countSchedules = `select count(*) from schedules where company_id = $1 and team_id = $2`

const insertSchedule = `
insert into schedules (company_id, team_id, id, created_at, ranked_at, title, time_zone, starts_at, ends_at, rrule, enabled, business_hours, advisors)
values ($1, $2, $3, coalesce($4::timestamptz, clock_timestamp()), $5::timestamptz, $6, $7, $8::timestamp, $9::timestamp, $10, $11, $12, $13::jsonb)
returning ` + scheduleColumns

// AddSchedule gives the team one more ring schedule. One more than
// MaxSchedules is a Conflict.
func (e *Edit) AddSchedule(ctx context.Context, s Schedule) (Schedule, error) {
	var now time.Time
	if err := get(ctx, e.tx, &now, `select clock_timestamp()`); err != nil {
		return s, wrap(err, "new schedule")
	}
	s.RankedAt = time.Time{} // before all others
	return e.addSchedule(ctx, newIDAt(now), s)
}

// addSchedule adds one under an id, as old as that says, and where it is ranked; zero:
// by how old it is.
func (e *Edit) addSchedule(ctx context.Context, id string, s Schedule) (Schedule, error) {
	if err := s.check(ctx, e.tx, e.Team.CompanyID, Schedule{}); err != nil {
		return s, err
	}
	var count int
	if err := get(ctx, e.tx, &count, countSchedules, e.Team.CompanyID, e.Team.ID); err != nil {
		return s, wrap(err, "new schedule")
	}
	if count >= MaxSchedules {
		return s, NewConflict("", "schedules_full", "Count", MaxSchedules)
	}
	args := append([]any{e.Team.CompanyID, e.Team.ID, id, optional(made(id)), optional(s.RankedAt)}, s.values()...)
	if err := get(ctx, e.tx, &s, insertSchedule, args...); err != nil {
		return s, wrap(err, "new schedule")
	}
	_, err := e.record(ctx, "schedule", s.ID, nil, s)
	return s, err
}

const updateSchedule = `
update schedules set title = $4, time_zone = $5, starts_at = $6::timestamp, ends_at = $7::timestamp, rrule = $8,
	enabled = $9, business_hours = $10, advisors = $11::jsonb, updated_at = now()
where company_id = $1 and team_id = $2 and id = $3
returning ` + scheduleColumns

// SaveSchedule stores a changed schedule. It stays where it is in the order of the team's.
func (e *Edit) SaveSchedule(ctx context.Context, s Schedule) (Schedule, error) {
	before, err := e.Schedule(ctx, s.ID)
	if err != nil {
		return s, err
	}
	if err := s.check(ctx, e.tx, e.Team.CompanyID, before); err != nil {
		return s, err
	}
	s.RankedAt = before.RankedAt
	if changed, err := e.record(ctx, "schedule", s.ID, before, s); err != nil || !changed {
		return before, err
	}
	args := append([]any{e.Team.CompanyID, e.Team.ID, s.ID}, s.values()...)
	err = get(ctx, e.tx, &s, updateSchedule, args...)
	return s, wrap(err, "schedule "+s.ID)
}

const deleteSchedule = `delete from schedules where company_id = $1 and team_id = $2 and id = $3`

// DeleteSchedule takes a schedule from the team.
func (e *Edit) DeleteSchedule(ctx context.Context, id string) error {
	before, err := e.Schedule(ctx, id)
	if err != nil {
		return err
	}
	if _, err := e.tx.ExecContext(ctx, deleteSchedule, e.Team.CompanyID, e.Team.ID, id); err != nil {
		return wrap(err, "schedule "+id)
	}
	_, err = e.record(ctx, "schedule", id, before, nil)
	return err
}

// optional is null for the zero time.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// values are the columns that can be chosen, in the order of the statements above.
func (s Schedule) values() []any {
	return []any{s.Title, s.TimeZone, s.StartsAt, s.EndsAt, s.RRule, s.Enabled, s.BusinessHours, s.Advisors}
}
