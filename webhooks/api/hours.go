package api

import (
	"context"
	"strings"
	"time"

	"ringback/settings"
	"ringback/settings/schedule"
)

type hoursAt struct {
	OfTeam
	At string `query:"at" maxLength:"40" example:"2026-06-01T08:00:00Z" doc:"The instant in question; now when left out"`
}

// Hours is how a team stands at one instant.
type Hours struct {
	Open      bool            `json:"open"`
	Reason    schedule.Reason `json:"reason" doc:"open, closed_by_schedule, outside_schedules or no_schedules"`
	Schedule  *string         `json:"schedule" doc:"Id of the schedule in effect"`
	NextOpen  *time.Time      `json:"next_open"`
	NextClose *time.Time      `json:"next_close"`
}

func (r routes) getHours(ctx context.Context, in *hoursAt) (*Answer[Hours], error) {
	at := r.Clock.Now()
	if in.At != "" {
		var err error
		// a + that was not escaped arrives as a space
		if at, err = time.Parse(time.RFC3339, strings.ReplaceAll(in.At, " ", "+")); err != nil {
			return nil, settings.Refuse("at", "time")
		}
	}
	stored, err := settings.ListSchedules(ctx, r.DB, caller(ctx).CompanyID, in.Team, "", settings.MaxSchedules)
	if err != nil {
		return nil, err
	}
	set, err := settings.ScheduleSet(stored)
	if err != nil {
		return nil, err
	}
	state := set.At(at)
	h := Hours{
		Open: state.Open, Reason: state.Reason,
		NextOpen: instant(set.NextOpen(at)), NextClose: instant(set.NextClose(at)),
	}
	if state.InEffect != nil {
		h.Schedule = &state.InEffect.ID
	}
	return &Answer[Hours]{Body: h}, nil
}

func instant(t time.Time, known bool) *time.Time {
	if !known {
		return nil
	}
	t = t.UTC()
	return &t
}

type calendar struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (r routes) exportSchedules(ctx context.Context, in *OfTeam) (*calendar, error) {
	p := caller(ctx)
	t, err := settings.FindTeam(ctx, r.DB, p.CompanyID, in.Team)
	if err != nil {
		return nil, err
	}
	stored, err := settings.ListSchedules(ctx, r.DB, p.CompanyID, in.Team, "", settings.MaxSchedules)
	if err != nil {
		return nil, err
	}
	body, err := settings.Calendar(t, stored)
	return &calendar{"text/calendar; charset=utf-8", `attachment; filename="schedules.ics"`, body}, err
}
