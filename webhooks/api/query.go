package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/fault"
)

// storableQuery refuses what Postgres could not compare with anything, and names the
// parameter that holds it.
func storableQuery(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		var wrong settings.Invalid
		url := ctx.URL()
		for name, values := range url.Query() {
			for _, value := range values {
				wrong.Add(!fault.Storable(value), name, "unstorable")
			}
		}
		if len(wrong) > 0 {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", wrong) // a route's own error; the caller is gone, and huma has said so
			return
		}
		next(ctx)
	}
}
