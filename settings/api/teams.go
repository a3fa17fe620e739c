package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

func (r routes) teams(api huma.API) {
	huma.Register(api, rest.Op("list-teams", http.MethodGet, "/teams", http.StatusOK, "The company's teams"), r.listTeams)
	huma.Register(api, rest.Takes[settings.Team](api,
		rest.Op("create-team", http.MethodPost, "/teams", http.StatusCreated, "Make a team, open Monday to Friday 8 to 17")), r.createTeam)
	huma.Register(api, rest.Op("get-team", http.MethodGet, "/teams/{team}", http.StatusOK, "One team"), r.getTeam)
	huma.Register(api, rest.Changes[settings.Team](api,
		rest.Op("change-team", http.MethodPatch, "/teams/{team}", http.StatusOK, "Change a team")), r.changeTeam)
}

// Search is what a list can be searched by.
type Search struct {
	Q string `query:"q" maxLength:"100" doc:"Part of a name, whatever its case"`
}

type teamsQuery struct {
	rest.Page
	Search
}

func (r routes) listTeams(ctx context.Context, in *teamsQuery) (*rest.Answer[rest.List[settings.Team]], error) {
	p := staff.From(ctx)
	return rest.Listed(in.Page, func(t settings.Team) string { return t.ID }, func(before string, limit int) ([]settings.Team, error) {
		return settings.ListTeams(ctx, r.DB, p.CompanyID, p.Teams, in.Q, before, limit)
	})
}

func (r routes) createTeam(ctx context.Context, in *rest.JSON) (*tagged[settings.Team], error) {
	p, t := staff.From(ctx), settings.NewTeam()
	if err := in.Onto(&t); err != nil {
		return nil, err
	}
	return withTag(settings.CreateTeam(ctx, r.DB, p.CompanyID, p.Who, t))
}

func (r routes) getTeam(ctx context.Context, in *OfTeam) (*tagged[settings.Team], error) {
	return withTag(settings.FindTeam(ctx, r.DB, staff.From(ctx).CompanyID, in.Team))
}

type changeOfTeam struct {
	OfTeam
	Condition
	rest.JSON
}

func (r routes) changeTeam(ctx context.Context, in *changeOfTeam) (*tagged[settings.Team], error) {
	return withTag(r.edit(ctx, in.Team, func(e *settings.Edit) error {
		t := e.Team
		if err := in.holds(t); err != nil {
			return err
		}
		if err := in.Onto(&t); err != nil {
			return err
		}
		return e.SaveTeam(ctx, t)
	}))
}
