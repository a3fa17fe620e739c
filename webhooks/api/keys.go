package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings/staff"
)

func (r routes) keys(api huma.API) {
	huma.Register(api, Op("list-keys", http.MethodGet, "/keys", http.StatusOK, "The API keys in force"), r.listKeys)
	huma.Register(api, Takes[staff.Key](api,
		Op("create-key", http.MethodPost, "/keys", http.StatusCreated, "Make an API key; it is shown this once")), r.createKey)
	huma.Register(api, Op("delete-key", http.MethodDelete, "/keys/{id}", http.StatusNoContent, "Revoke an API key"), r.deleteKey)
}

func (r routes) listKeys(ctx context.Context, in *Page) (*Answer[List[staff.Key]], error) {
	return Listed(*in, func(k staff.Key) string { return k.ID }, func(before string, limit int) ([]staff.Key, error) {
		return staff.ListKeys(ctx, r.DB, caller(ctx).CompanyID, before, limit)
	})
}

type newKey struct {
	staff.Key
	Plain string `json:"key" doc:"Keep it: nobody can show it again"`
}

func (r routes) createKey(ctx context.Context, in *JSON) (*Answer[newKey], error) {
	var k staff.Key
	if err := in.Onto(&k); err != nil {
		return nil, err
	}
	k, plain, err := staff.MakeKey(ctx, r.DB, caller(ctx), k)
	return Answered(newKey{k, plain}, err)
}

func (r routes) deleteKey(ctx context.Context, in *OneOfCompany) (*Nothing, error) {
	return nil, staff.RevokeKey(ctx, r.DB, caller(ctx), in.ID)
}
