package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
)

func (r routes) schedules(api huma.API) {
	const path = "/teams/{team}/schedules"
	huma.Register(api, Op("list-schedules", http.MethodGet, path, http.StatusOK, "The team's ring schedules, in their order"), r.listSchedules)
	huma.Register(api, Takes[settings.Schedule](api,
		Op("create-schedule", http.MethodPost, path, http.StatusCreated, "Add a ring schedule; the 26th is answered 409")), r.createSchedule)
	huma.Register(api, Changes[settings.Schedule](api,
		Op("change-schedule", http.MethodPatch, path+"/{id}", http.StatusOK, "Change a ring schedule")), r.changeSchedule)
	huma.Register(api, Op("delete-schedule", http.MethodDelete, path+"/{id}", http.StatusNoContent, "Delete a ring schedule"), r.deleteSchedule)
	order := Takes[settings.ScheduleOrder](api, Op("order-schedules", http.MethodPut, path+"/order", http.StatusOK, "Put the ring schedules in another order"))
	order.Description = "Where schedules overlap, the first in the order counts. All of the team's have to be named. A new one comes before all others. " +
		"Send the order that you began from as seen: 409 when somebody changed it, or added or deleted a schedule, meanwhile."
	huma.Register(api, order, r.orderSchedules)
	huma.Register(api, Op("export-schedules", http.MethodGet, path+".ics", http.StatusOK, "The ring schedules and holidays as a calendar"), r.exportSchedules)
	huma.Register(api, Op("get-hours", http.MethodGet, "/teams/{team}/hours", http.StatusOK, "Is the team open, and until or from when?"), r.getHours)
	week := Op("get-week-hours", http.MethodGet, "/teams/{team}/week-hours", http.StatusOK, "Which schedule is in effect when, over seven days")
	week.Description = "Days are those of the team's time zone. Where schedules overlap, the first in their order alone is shown: it is the one in effect."
	huma.Register(api, week, r.getWeekHours)
}

type listOfTeam struct {
	OfTeam
	Page
}

func (r routes) listSchedules(ctx context.Context, in *listOfTeam) (*Answer[List[settings.Schedule]], error) {
	return Listed(in.Page, func(s settings.Schedule) string { return s.ID }, func(after string, limit int) ([]settings.Schedule, error) {
		return settings.ListSchedules(ctx, r.DB, caller(ctx).CompanyID, in.Team, after, limit)
	})
}

func (r routes) orderSchedules(ctx context.Context, in *bodyOfTeam) (*Answer[List[settings.Schedule]], error) {
	var order settings.ScheduleOrder
	if err := in.Onto(&order); err != nil {
		return nil, err
	}
	var list List[settings.Schedule]
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) (err error) {
		list.Items, err = e.OrderSchedules(ctx, order)
		return err
	})
	return Answered(list, err)
}

type bodyOfTeam struct {
	OfTeam
	JSON
}

type bodyOfOne struct {
	OneOfTeam
	Condition
	JSON
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

// deletionOfOne is the path of a thing of a team that is to go.
type deletionOfOne struct {
	OneOfTeam
	Condition
}

func (r routes) deleteSchedule(ctx context.Context, in *deletionOfOne) (*Nothing, error) {
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) error {
		s, err := e.Schedule(ctx, in.ID)
		if err != nil {
			return err
		}
		if err := in.holds(s); err != nil {
			return err
		}
		return e.DeleteSchedule(ctx, in.ID)
	})
	return nil, err
}
