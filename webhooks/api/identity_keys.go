package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
)

func (r routes) identityKeys(api huma.API) {
	const path = "/teams/{team}/senders/{id}/identity-keys"
	huma.Register(api, Op("list-identity-keys", http.MethodGet, path, http.StatusOK, "The keys by which a site says who a visitor of its web chat is"), r.listIdentityKeys)
	huma.Register(api, Op("create-identity-key", http.MethodPost, path, http.StatusCreated, "Make such a key; the answer alone shows its secret"), r.createIdentityKey)
	huma.Register(api, Op("delete-identity-key", http.MethodDelete, path+"/{key}", http.StatusNoContent, "End such a key"), r.deleteIdentityKey)
}

type identityKey struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	Secret    string    `json:"secret,omitempty" doc:"Shown once: the key, as text, for HS256"`
}

func (r routes) listIdentityKeys(ctx context.Context, in *OneOfTeam) (*Answer[List[identityKey]], error) {
	company := caller(ctx).CompanyID
	team, err := settings.Load(ctx, r.DB, company, in.Team)
	if err != nil {
		return nil, err
	}
	if _, known := team.Sender(in.ID); !known {
		return nil, fmt.Errorf("sender %s: %w", in.ID, settings.ErrNotFound)
	}
	kept, err := settings.ListIdentityKeys(ctx, r.DB, company, in.ID)
	list := List[identityKey]{Items: []identityKey{}}
	for _, k := range kept {
		list.Items = append(list.Items, identityKey{ID: k.ID, CreatedAt: k.CreatedAt})
	}
	return Answered(list, err)
}

func (r routes) createIdentityKey(ctx context.Context, in *OneOfTeam) (*Answer[identityKey], error) {
	var made identityKey
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) error {
		k, secret, err := e.AddIdentityKey(ctx, r.Vault, in.ID)
		made = identityKey{ID: k.ID, CreatedAt: k.CreatedAt, Secret: secret}
		return err
	})
	return Answered(made, err)
}

type oneIdentityKey struct {
	OneOfTeam
	Key string `path:"key"`
}

func (r routes) deleteIdentityKey(ctx context.Context, in *oneIdentityKey) (*Nothing, error) {
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) error { return e.DeleteIdentityKey(ctx, in.ID, in.Key) })
	return nil, err
}
