package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

func (r routes) company(api huma.API) {
	huma.Register(api, rest.Op("get-company", http.MethodGet, "/company", http.StatusOK, "The company"), r.getCompany)
	huma.Register(api, rest.Changes[settings.Company](api,
		rest.Op("change-company", http.MethodPatch, "/company", http.StatusOK, "Rename the company")), r.changeCompany)
}

func (r routes) getCompany(ctx context.Context, _ *struct{}) (*rest.Answer[settings.Company], error) {
	return rest.Answered(settings.FindCompany(ctx, r.DB, staff.From(ctx).CompanyID))
}

func (r routes) changeCompany(ctx context.Context, in *rest.JSON) (*rest.Answer[settings.Company], error) {
	p := staff.From(ctx)
	company, err := settings.FindCompany(ctx, r.DB, p.CompanyID)
	if err != nil {
		return nil, err
	}
	if err := in.Onto(&company); err != nil {
		return nil, err
	}
	return rest.Answered(settings.RenameCompany(ctx, r.DB, p.CompanyID, p.Who, company.Name))
}
