package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/webhooks/web/i18n"
)

func (r routes) holidays(api huma.API) {
	const ofTeam, ofCompany = "/teams/{team}/holidays", "/holidays"
	list := Op("list-holidays", http.MethodGet, ofTeam, http.StatusOK, "The team's own holidays that are not over")
	list.Description = "Those of the whole company close the team as well; they are listed at /holidays."
	huma.Register(api, list, r.listHolidays)
	create := Op("create-holiday", http.MethodPost, ofTeam, http.StatusCreated, "Add a holiday")
	create.Description = holidaySaid
	huma.Register(api, Takes[settings.Holiday](api, create), r.createHoliday)
	huma.Register(api, Changes[settings.Holiday](api, Op("change-holiday", http.MethodPatch, ofTeam+"/{id}", http.StatusOK, "Change a holiday")), r.changeHoliday)
	huma.Register(api, Op("delete-holiday", http.MethodDelete, ofTeam+"/{id}", http.StatusNoContent, "Delete a holiday"), r.deleteHoliday)
	huma.Register(api, Op("import-holidays", http.MethodPost, ofTeam+"/import", http.StatusOK, "Add the days of an iCalendar file as holidays"), r.importHolidays)

	huma.Register(api, Op("list-company-holidays", http.MethodGet, ofCompany, http.StatusOK, "The holidays of the whole company that are not over"), r.listCompanyHolidays)
	create = Op("create-company-holiday", http.MethodPost, ofCompany, http.StatusCreated, "Add a holiday of the whole company")
	create.Description = holidaySaid
	huma.Register(api, Takes[settings.Holiday](api, create), r.createCompanyHoliday)
	huma.Register(api, Changes[settings.Holiday](api, Op("change-company-holiday", http.MethodPatch, ofCompany+"/{id}", http.StatusOK, "Change a holiday of the whole company")), r.changeCompanyHoliday)
	huma.Register(api, Op("delete-company-holiday", http.MethodDelete, ofCompany+"/{id}", http.StatusNoContent, "Delete a holiday of the whole company"), r.deleteCompanyHoliday)
	huma.Register(api, Op("import-company-holidays", http.MethodPost, ofCompany+"/import", http.StatusOK, "Add the days of an iCalendar file as holidays of the whole company"), r.importCompanyHolidays)
}

const holidaySaid = "Whole days, both included, on the clock of each team that they close. A holiday beats every ring schedule: the team is closed and no schedule rings anybody. " +
	"With a feed its days are those of an iCalendar file, which is read twice a day; while it cannot be read the days stay as they were."

// Over asks for the holidays that were, in place of those that are to come.
type Over struct {
	Over bool `query:"over" doc:"true: those that are over"`
}

type holidaysOfTeam struct {
	OfTeam
	Page
	Over
}

type holidaysOfCompany struct {
	Page
	Over
}

func (r routes) listHolidays(ctx context.Context, in *holidaysOfTeam) (*Answer[List[settings.Holiday]], error) {
	return r.listHolidaysOf(ctx, in.Team, in.Page, in.Over.Over)
}

func (r routes) listCompanyHolidays(ctx context.Context, in *holidaysOfCompany) (*Answer[List[settings.Holiday]], error) {
	return r.listHolidaysOf(ctx, "", in.Page, in.Over.Over)
}

func (r routes) listHolidaysOf(ctx context.Context, team string, page Page, over bool) (*Answer[List[settings.Holiday]], error) {
	return Listed(page, func(h settings.Holiday) string { return h.ID }, func(before string, limit int) ([]settings.Holiday, error) {
		list, err := settings.ListHolidays(ctx, r.DB, holidaysOf(ctx, team), over, r.Clock.Now(), before, limit)
		for n := range list {
			list[n] = inEnglish(list[n])
		}
		return list, err
	})
}

// holidaysOf are those of a team of the caller's company, or of the company.
func holidaysOf(ctx context.Context, team string) settings.HolidaysOf {
	return settings.HolidaysOf{Company: caller(ctx).CompanyID, Team: team}
}

// inEnglish says in words why a calendar cannot be read.
func inEnglish(h settings.Holiday) settings.Holiday {
	if h.Calendar != nil && h.Calendar.FailingSince != nil {
		said := *h.Calendar
		said.Error = i18n.Fault(english, said.Fault())
		h.Calendar = &said
	}
	return h
}

func (r routes) createHoliday(ctx context.Context, in *bodyOfTeam) (*tagged[settings.Holiday], error) {
	return r.createHolidayOf(ctx, in.Team, in.JSON)
}

func (r routes) createCompanyHoliday(ctx context.Context, in *JSON) (*tagged[settings.Holiday], error) {
	return r.createHolidayOf(ctx, "", *in)
}

func (r routes) createHolidayOf(ctx context.Context, team string, in JSON) (*tagged[settings.Holiday], error) {
	h := settings.Holiday{Messages: settings.Messages{}}
	if err := in.Onto(&h); err != nil {
		return nil, err
	}
	return withTag(settings.AddHoliday(ctx, r.DB, holidaysOf(ctx, team), caller(ctx).Who, h))
}

func (r routes) changeHoliday(ctx context.Context, in *bodyOfOne) (*tagged[settings.Holiday], error) {
	return r.changeHolidayOf(ctx, in.Team, in.ID, in.Condition, in.JSON)
}

type bodyOfCompany struct {
	OneOfCompany
	Condition
	JSON
}

func (r routes) changeCompanyHoliday(ctx context.Context, in *bodyOfCompany) (*tagged[settings.Holiday], error) {
	return r.changeHolidayOf(ctx, "", in.ID, in.Condition, in.JSON)
}

func (r routes) changeHolidayOf(ctx context.Context, team, id string, condition Condition, in JSON) (*tagged[settings.Holiday], error) {
	h, err := settings.ChangeHoliday(ctx, r.DB, holidaysOf(ctx, team), caller(ctx).Who, id, func(h *settings.Holiday) error {
		if err := condition.holds(*h); err != nil {
			return err
		}
		return in.Onto(h)
	})
	return withTag(inEnglish(h), err)
}

func (r routes) deleteHoliday(ctx context.Context, in *deletionOfOne) (*Nothing, error) {
	return r.deleteHolidayOf(ctx, in.Team, in.ID, in.Condition)
}

// deletionOfCompany is the path of a thing of the whole company that is to go.
type deletionOfCompany struct {
	OneOfCompany
	Condition
}

func (r routes) deleteCompanyHoliday(ctx context.Context, in *deletionOfCompany) (*Nothing, error) {
	return r.deleteHolidayOf(ctx, "", in.ID, in.Condition)
}

func (r routes) deleteHolidayOf(ctx context.Context, team, id string, seen Condition) (*Nothing, error) {
	return nil, settings.EditHolidays(ctx, r.DB, holidaysOf(ctx, team), caller(ctx).Who, func(e settings.HolidayEdit) error {
		h, err := e.Find(ctx, id)
		if err != nil {
			return err
		}
		if err := seen.holds(h); err != nil {
			return err
		}
		return e.Remove(ctx, id)
	})
}

type calendarFile struct {
	Calendar string `json:"calendar" minLength:"1" maxLength:"500000" doc:"The text of an .ics file; its whole days of the next three years become holidays, one each"`
}

type holidaysImported struct {
	Items []settings.Holiday `json:"items" nullable:"false" doc:"What was added; days that were there already are left out"`
}

type calendarOfTeam struct {
	OfTeam
	Body calendarFile
}

func (r routes) importHolidays(ctx context.Context, in *calendarOfTeam) (*Answer[holidaysImported], error) {
	return r.importHolidaysOf(ctx, in.Team, in.Body)
}

func (r routes) importCompanyHolidays(ctx context.Context, in *struct{ Body calendarFile }) (*Answer[holidaysImported], error) {
	return r.importHolidaysOf(ctx, "", in.Body)
}

func (r routes) importHolidaysOf(ctx context.Context, team string, in calendarFile) (*Answer[holidaysImported], error) {
	added, err := settings.ImportHolidays(ctx, r.DB, holidaysOf(ctx, team), caller(ctx).Who, in.Calendar, r.Clock.Now())
	return Answered(holidaysImported{added}, err)
}
