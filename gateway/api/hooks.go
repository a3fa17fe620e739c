package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/hooks"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

func (r routes) hooks(api huma.API) {
	const one = "/hooks/{id}"
	huma.Register(api, rest.Op("list-hooks", http.MethodGet, "/hooks", http.StatusOK, "The addresses that events are sent to"), r.listHooks)
	huma.Register(api, rest.Takes[hooks.Hook](api, rest.Op("create-hook", http.MethodPost, "/hooks", http.StatusCreated,
		"Have events sent to an HTTPS address, in the Standard Webhooks format; the secret is shown this once")), r.createHook)
	huma.Register(api, rest.Changes[hooks.Hook](api, rest.Op("change-hook", http.MethodPatch, one, http.StatusOK,
		"Change an address; what waits for one that is switched off is given up")), r.changeHook)
	huma.Register(api, rest.Op("delete-hook", http.MethodDelete, one, http.StatusNoContent, "Delete an address with its log"), r.deleteHook)
	huma.Register(api, rest.Op("rotate-hook-secret", http.MethodPost, one+"/secret", http.StatusCreated,
		"Give an address a new secret, shown this once; the one before signs too for a day"), r.rotateHookSecret)
	huma.Register(api, rest.Op("test-hook", http.MethodPost, one+"/test", http.StatusCreated,
		"Send a test event to an address"), r.testHook)
	huma.Register(api, rest.Op("list-hook-deliveries", http.MethodGet, one+"/deliveries", http.StatusOK,
		"What was sent to an address, and what came of it"), r.listHookDeliveries)
	huma.Register(api, rest.Op("resend-hook-delivery", http.MethodPost, one+"/deliveries/{delivery}/resend", http.StatusOK,
		"Send something to an address once more"), r.resendHookDelivery)
}

// HookPath is the path of one hook.
type HookPath struct {
	ID string `path:"id"`
}

func (r routes) listHooks(ctx context.Context, in *rest.Page) (*rest.Answer[rest.List[hooks.Hook]], error) {
	return rest.Listed(*in, func(h hooks.Hook) string { return h.ID }, func(before string, limit int) ([]hooks.Hook, error) {
		return r.Hooks.List(ctx, staff.From(ctx).CompanyID, before, limit)
	})
}

type newHook struct {
	hooks.Hook
	Secret string `json:"secret" doc:"By which the receiver checks signatures: nobody can show it again"`
}

func (r routes) createHook(ctx context.Context, in *rest.JSON) (*rest.Answer[newHook], error) {
	h := hooks.Hook{Enabled: true}
	if err := in.Onto(&h); err != nil {
		return nil, err
	}
	h, secret, err := r.Hooks.Add(ctx, staff.From(ctx).CompanyID, h)
	return rest.Answered(newHook{h, secret}, err)
}

type hookBody struct {
	HookPath
	rest.JSON
}

func (r routes) changeHook(ctx context.Context, in *hookBody) (*rest.Answer[hooks.Hook], error) {
	return rest.Answered(r.Hooks.Change(ctx, staff.From(ctx).CompanyID, in.ID, func(h *hooks.Hook) error { return in.Onto(h) }))
}

func (r routes) deleteHook(ctx context.Context, in *HookPath) (*rest.Nothing, error) {
	return nil, r.Hooks.Remove(ctx, staff.From(ctx).CompanyID, in.ID)
}

func (r routes) rotateHookSecret(ctx context.Context, in *HookPath) (*rest.Answer[newHook], error) {
	h, secret, err := r.Hooks.Rotate(ctx, staff.From(ctx).CompanyID, in.ID)
	return rest.Answered(newHook{h, secret}, err)
}

func (r routes) testHook(ctx context.Context, in *HookPath) (*rest.Answer[hooks.Told], error) {
	return rest.Answered(r.Hooks.Try(ctx, staff.From(ctx).CompanyID, in.ID))
}

type hookLog struct {
	HookPath
	rest.Page
}

func (r routes) listHookDeliveries(ctx context.Context, in *hookLog) (*rest.Answer[rest.List[hooks.Told]], error) {
	return rest.Listed(in.Page, func(d hooks.Told) string { return d.ID }, func(before string, limit int) ([]hooks.Told, error) {
		return r.Hooks.Deliveries(ctx, staff.From(ctx).CompanyID, in.ID, before, limit)
	})
}

type resendPath struct {
	HookPath
	Delivery string `path:"delivery"`
}

func (r routes) resendHookDelivery(ctx context.Context, in *resendPath) (*rest.Answer[hooks.Told], error) {
	return rest.Answered(r.Hooks.Resend(ctx, staff.From(ctx).CompanyID, in.ID, in.Delivery))
}
