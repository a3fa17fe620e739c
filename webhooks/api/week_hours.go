package api

import (
	"context"

	"ringback/settings"
)

type weekHoursOf struct {
	OfTeam
	From string `query:"from" maxLength:"10" example:"2026-06-01" doc:"The first of the seven days; left out: this week's Monday"`
}

func (r routes) getWeekHours(ctx context.Context, in *weekHoursOf) (*Answer[settings.WeekHours], error) {
	return Answered(settings.HoursInWeek(ctx, r.DB, caller(ctx).CompanyID, in.Team, in.From, r.Clock.Now()))
}
