package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

func (r routes) schedules(api huma.API) {
	const path = "/teams/{team}/schedules"
	huma.Register(api, rest.Op("list-schedules", http.MethodGet, path, http.StatusOK, "The team's ring schedules"), r.listSchedules)
	huma.Register(api, rest.Takes[settings.Schedule](api,
		rest.Op("create-schedule", http.MethodPost, path, http.StatusCreated, "Add a ring schedule; the 26th is answered 409")), r.createSchedule)
	huma.Register(api, rest.Changes[settings.Schedule](api,
		rest.Op("change-schedule", http.MethodPatch, path+"/{id}", http.StatusOK, "Change a ring schedule")), r.changeSchedule)
	huma.Register(api, rest.Op("delete-schedule", http.MethodDelete, path+"/{id}", http.StatusNoContent, "Delete a ring schedule"), r.deleteSchedule)
	huma.Register(api, rest.Op("export-schedules", http.MethodGet, path+".ics", http.StatusOK, "The ring schedules as a calendar"), r.exportSchedules)
	huma.Register(api, rest.Op("get-hours", http.MethodGet, "/teams/{team}/hours", http.StatusOK, "Is the team open, and until or from when?"), r.getHours)
	week := rest.Op("get-week-hours", http.MethodGet, "/teams/{team}/week-hours", http.StatusOK, "Which schedule is in effect when, over seven days")
	week.Description = "Days are those of the team's time zone. Where schedules overlap, the newest alone is shown: it is the one in effect."
	huma.Register(api, week, r.getWeekHours)
}

type listOfTeam struct {
	OfTeam
	rest.Page
}

func (r routes) listSchedules(ctx context.Context, in *listOfTeam) (*rest.Answer[rest.List[settings.Schedule]], error) {
	return rest.Listed(in.Page, func(s settings.Schedule) string { return s.ID }, func(before string, limit int) ([]settings.Schedule, error) {
		return settings.ListSchedules(ctx, r.DB, staff.From(ctx).CompanyID, in.Team, before, limit)
	})
}

type bodyOfTeam struct {
	OfTeam
	rest.JSON
}

type bodyOfOne struct {
	OneOfTeam
	Condition
	rest.JSON
}

func (r routes) createSchedule(ctx context.Context, in *bodyOfTeam) (*tagged[settings.Schedule], error) {
	s := settings.NewSchedule()
	if err := in.Onto(&s); err != nil {
		return nil, err
	}
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) (err error) {
		s, err = e.AddSchedule(ctx, s)
		return err
	})
	return withTag(s, err)
}

func (r routes) changeSchedule(ctx context.Context, in *bodyOfOne) (*tagged[settings.Schedule], error) {
	var s settings.Schedule
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) (err error) {
		if s, err = e.Schedule(ctx, in.ID); err != nil {
			return err
		}
		if err := in.holds(s); err != nil {
			return err
		}
		if err := in.Onto(&s); err != nil {
			return err
		}
		s.ID = in.ID
		s, err = e.SaveSchedule(ctx, s)
		return err
	})
	return withTag(s, err)
}

func (r routes) deleteSchedule(ctx context.Context, in *OneOfTeam) (*rest.Nothing, error) {
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) error { return e.DeleteSchedule(ctx, in.ID) })
	return nil, err
}
