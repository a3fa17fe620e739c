package api

import (
	"context"
	"strings"
	"time"

	"ringback/settings"
)

type hoursAt struct {
	OfTeam
	At string `query:"at" maxLength:"40" example:"2026-06-01T08:00:00Z" doc:"The instant in question; now when left out"`
}

func (r routes) getHours(ctx context.Context, in *hoursAt) (*Answer[settings.Hours], error) {
	at := r.Clock.Now()
	if in.At != "" {
		var err error
		// a + that was not escaped arrives as a space
		if at, err = time.Parse(time.RFC3339, strings.ReplaceAll(in.At, " ", "+")); err != nil {
			return nil, settings.Refuse("at", "time")
		}
	}
	return Answered(settings.HoursAt(ctx, r.DB, caller(ctx).CompanyID, in.Team, at))
}

type calendar struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (r routes) exportSchedules(ctx context.Context, in *OfTeam) (*calendar, error) {
	p := caller(ctx)
	t, err := settings.Load(ctx, r.DB, p.CompanyID, in.Team)
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
