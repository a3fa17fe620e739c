package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
)

func (r routes) teams(api huma.API) {
	huma.Register(api, Op("list-teams", http.MethodGet, "/teams", http.StatusOK, "The company's teams"), r.listTeams)
	huma.Register(api, Takes[settings.Team](api,
		Op("create-team", http.MethodPost, "/teams", http.StatusCreated, "Make a team, open Monday to Friday 8 to 17")), r.createTeam)
	huma.Register(api, Op("get-team", http.MethodGet, "/teams/{team}", http.StatusOK, "One team"), r.getTeam)
	huma.Register(api, Changes[settings.Team](api,
		Op("change-team", http.MethodPatch, "/teams/{team}", http.StatusOK, "Change a team")), r.changeTeam)
}

// Search is what a list can be searched by.
type Search struct {
	Q string `query:"q" maxLength:"100" doc:"Part of a name, whatever its case"`
}

type teamsQuery struct {
	Page
	Search
}

func (r routes) listTeams(ctx context.Context, in *teamsQuery) (*Answer[List[settings.Team]], error) {
	p := caller(ctx)
	return Listed(in.Page, func(t settings.Team) string { return t.ID }, func(before string, limit int) ([]settings.Team, error) {
		return settings.ListTeams(ctx, r.DB, p.CompanyID, p.Teams, in.Q, before, limit)
	})
}

func (r routes) createTeam(ctx context.Context, in *JSON) (*tagged[settings.Team], error) {
	p, t := caller(ctx), settings.NewTeam()
	if err := in.Onto(&t); err != nil {
		return nil, err
	}
	return withTag(settings.CreateTeam(ctx, r.DB, p.CompanyID, p.Who, t))
}

func (r routes) getTeam(ctx context.Context, in *OfTeam) (*tagged[settings.Team], error) {
	return withTag(settings.FindTeam(ctx, r.DB, caller(ctx).CompanyID, in.Team))
}

type changeOfTeam struct {
	OfTeam
	Condition
	JSON
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
