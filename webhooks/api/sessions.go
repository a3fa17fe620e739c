package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings/staff"
)

func (r routes) sessions(api huma.API) {
	huma.Register(api, Op("list-sessions", http.MethodGet, "/sessions", http.StatusOK, "Where you are signed in"), r.listSessions)
	huma.Register(api, Op("end-sessions", http.MethodDelete, "/sessions", http.StatusNoContent,
		"Sign out everywhere else: all your sessions end but the one that asks"), r.endSessions)
	huma.Register(api, Op("end-session", http.MethodDelete, "/sessions/{id}", http.StatusNoContent, "Sign out in one place"), r.endSession)
}

func (r routes) listSessions(ctx context.Context, in *Page) (*Answer[List[staff.Session]], error) {
	return Listed(*in, func(s staff.Session) string { return s.ID }, func(before string, limit int) ([]staff.Session, error) {
		return r.gate.Sessions(ctx, caller(ctx), before, limit)
	})
}

func (r routes) endSessions(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, r.gate.EndOthers(ctx, caller(ctx))
}

func (r routes) endSession(ctx context.Context, in *OneOfCompany) (*struct{}, error) {
	return nil, r.gate.EndSession(ctx, caller(ctx), in.ID)
}
