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

func (r routes) getCompany(ctx context.Context, _ *struct{}) (*tagged[settings.Company], error) {
	return withTag(settings.FindCompany(ctx, r.DB, staff.From(ctx).CompanyID))
}

type companyBody struct {
	Condition
	rest.JSON
}

func (r routes) changeCompany(ctx context.Context, in *companyBody) (*tagged[settings.Company], error) {
	p := staff.From(ctx)
	return withTag(settings.ChangeCompany(ctx, r.DB, p.CompanyID, p.Who, func(c *settings.Company) error {
		if err := in.holds(*c); err != nil {
			return err
		}
		return in.Onto(c)
	}))
}
