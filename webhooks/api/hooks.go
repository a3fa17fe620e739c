package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/outboundhooks"
	"ringback/webhooks/web/i18n"
)

func (r routes) hooks(api huma.API) {
	const one = "/hooks/{id}"
	huma.Register(api, Op("list-hooks", http.MethodGet, "/hooks", http.StatusOK, "The addresses that events are sent to"), r.listHooks)
	huma.Register(api, Takes[outboundhooks.Hook](api, Op("create-hook", http.MethodPost, "/hooks", http.StatusCreated,
		"Have events sent to an HTTPS address, in the Standard Webhooks format; the secret is shown this once")), r.createHook)
	huma.Register(api, Changes[outboundhooks.Hook](api, Op("change-hook", http.MethodPatch, one, http.StatusOK,
		"Change an address; what waits for one that is switched off is given up")), r.changeHook)
	huma.Register(api, Op("delete-hook", http.MethodDelete, one, http.StatusNoContent, "Delete an address with its log"), r.deleteHook)
	huma.Register(api, Op("rotate-hook-secret", http.MethodPost, one+"/secret", http.StatusCreated,
		"Give an address a new secret, shown this once; the one before signs too for a day"), r.rotateHookSecret)
	huma.Register(api, Op("test-hook", http.MethodPost, one+"/test", http.StatusCreated,
		"Send a test event to an address"), r.testHook)
	huma.Register(api, Op("list-hook-deliveries", http.MethodGet, one+"/deliveries", http.StatusOK,
		"What was sent to an address, and what came of it"), r.listHookDeliveries)
	huma.Register(api, Op("resend-hook-delivery", http.MethodPost, one+"/deliveries/{delivery}/resend", http.StatusOK,
		"Send something to an address once more"), r.resendHookDelivery)
}

// HookPath is the path of one hook.
type HookPath struct {
	ID string `path:"id"`
}

func (r routes) listHooks(ctx context.Context, in *Page) (*Answer[List[outboundhooks.Hook]], error) {
	return Listed(*in, func(h outboundhooks.Hook) string { return h.ID }, func(before string, limit int) ([]outboundhooks.Hook, error) {
		return r.Hooks.List(ctx, caller(ctx).CompanyID, before, limit)
	})
}

type newHook struct {
	outboundhooks.Hook
	Secret string `json:"secret" doc:"By which the receiver checks signatures: nobody can show it again"`
}

func (r routes) createHook(ctx context.Context, in *JSON) (*tagged[newHook], error) {
	h := outboundhooks.Hook{Enabled: true}
	if err := in.Onto(&h); err != nil {
		return nil, err
	}
	h, secret, err := r.Hooks.Add(ctx, caller(ctx).CompanyID, caller(ctx).Who, h)
	if err != nil {
		return nil, err
	}
	return &tagged[newHook]{stateTag(h), newHook{h, secret}}, nil
}

func (r routes) changeHook(ctx context.Context, in *bodyOfCompany) (*tagged[outboundhooks.Hook], error) {
	return withTag(r.Hooks.Change(ctx, caller(ctx).CompanyID, caller(ctx).Who, in.ID, func(h *outboundhooks.Hook) error {
		if err := in.holds(*h); err != nil {
			return err
		}
		return in.Onto(h)
	}))
}

func (r routes) deleteHook(ctx context.Context, in *deletionOfCompany) (*Nothing, error) {
	return nil, r.Hooks.Remove(ctx, caller(ctx).CompanyID, caller(ctx).Who, in.ID, func(h outboundhooks.Hook) error { return in.holds(h) })
}

func (r routes) rotateHookSecret(ctx context.Context, in *HookPath) (*Answer[newHook], error) {
	h, secret, err := r.Hooks.Rotate(ctx, caller(ctx).CompanyID, caller(ctx).Who, in.ID)
	return Answered(newHook{h, secret}, err)
}

func (r routes) testHook(ctx context.Context, in *HookPath) (*Answer[outboundhooks.Payload], error) {
	return Answered(r.Hooks.Try(ctx, caller(ctx).CompanyID, in.ID))
}

type hookLog struct {
	HookPath
	Page
}

func (r routes) listHookDeliveries(ctx context.Context, in *hookLog) (*Answer[List[outboundhooks.Payload]], error) {
	return Listed(in.Page, func(d outboundhooks.Payload) string { return d.ID }, func(before string, limit int) ([]outboundhooks.Payload, error) {
		found, err := r.Hooks.Deliveries(ctx, caller(ctx).CompanyID, in.ID, before, limit)
		for n := range found {
			found[n] = inWords(found[n])
		}
		return found, err
	})
}

type resendPath struct {
	HookPath
	Delivery string `path:"delivery"`
}

func (r routes) resendHookDelivery(ctx context.Context, in *resendPath) (*Answer[outboundhooks.Payload], error) {
	d, err := r.Hooks.Resend(ctx, caller(ctx).CompanyID, in.ID, in.Delivery)
	return Answered(inWords(d), err)
}

// inWords is the line of the log with what went wrong in words.
func inWords(d outboundhooks.Payload) outboundhooks.Payload {
	if d.Error != "" {
		d.Error = i18n.Fault(english, d.Fault())
	}
	return d
}
