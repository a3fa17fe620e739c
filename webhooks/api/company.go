package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/staff"
)

func (r routes) company(api huma.API) {
	huma.Register(api, Op("get-company", http.MethodGet, "/company", http.StatusOK, "The company"), r.getCompany)
	huma.Register(api, Changes[settings.Company](api,
		Op("change-company", http.MethodPatch, "/company", http.StatusOK, "Rename the company, or choose what holds for all of it")), r.changeCompany)
}

func (r routes) getCompany(ctx context.Context, _ *struct{}) (*tagged[settings.Company], error) {
	return withTag(settings.FindCompany(ctx, r.DB, caller(ctx).CompanyID))
}

type companyBody struct {
	Condition
	JSON
}

func (r routes) changeCompany(ctx context.Context, in *companyBody) (*tagged[settings.Company], error) {
	return withTag(staff.ChangeCompany(ctx, r.DB, caller(ctx), func(c *settings.Company) error {
		if err := in.holds(*c); err != nil {
			return err
		}
		return in.Onto(c)
	}))
}
