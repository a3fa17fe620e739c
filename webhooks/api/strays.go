package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

func (r routes) straysOf(api huma.API) {
	op := Op("list-strays", http.MethodGet, "/strays", http.StatusOK, "What providers told of addresses that are no senders here")
	op.Description = "Signed by an account of the company's, and kept: most often a number whose webhook was set before its sender was made."
	huma.Register(api, op, r.listStrays)
}

func (r routes) listStrays(ctx context.Context, in *Page) (*Answer[List[inbox.Stray]], error) {
	return Listed(*in, func(s inbox.Stray) string { return s.ID }, func(before string, limit int) ([]inbox.Stray, error) {
		return r.Inbox.Strays(ctx, caller(ctx), before, limit)
	})
}
