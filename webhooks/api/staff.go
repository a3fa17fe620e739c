package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/staff"
)

func (r routes) staff(api huma.API) {
	huma.Register(api, Op("list-staff", http.MethodGet, "/staff", http.StatusOK,
		"The company's staff; with a team's key, those on it"), r.listStaff)
	huma.Register(api, Takes[settings.Member](api,
		Op("create-member", http.MethodPost, "/staff", http.StatusCreated, "Add somebody to the staff")), r.createMember)
	huma.Register(api, Op("list-advisors", http.MethodGet, "/teams/{team}/advisors", http.StatusOK,
		"The names of those who can have the team's tickets: who is on it, and the admins"), r.listAdvisors)
	huma.Register(api, Op("get-member", http.MethodGet, "/staff/{id}", http.StatusOK, "One of the staff"), r.getMember)
	huma.Register(api, Changes[settings.Member](api,
		Op("change-member", http.MethodPatch, "/staff/{id}", http.StatusOK, "Change one of the staff")), r.changeMember)
	huma.Register(api, Op("invite-member", http.MethodPost, "/staff/{id}/invite", http.StatusCreated,
		"Make a one-time link at which one of the staff chooses a password; it is shown this once"), r.inviteMember)
	huma.Register(api, Op("disconnect-member", http.MethodDelete, "/staff/{id}/identity", http.StatusNoContent,
		"Have one of the staff sign in by the identity provider no more"), r.disconnectMember)
}

type staffQuery struct {
	Page
	Search
}

func (r routes) listStaff(ctx context.Context, in *staffQuery) (*Answer[List[settings.Member]], error) {
	p := caller(ctx)
	return Listed(in.Page, func(m settings.Member) string { return m.ID }, func(before string, limit int) ([]settings.Member, error) {
		return settings.ListStaff(ctx, r.DB, p.CompanyID, p.Teams, in.Q, before, limit)
	})
}

// advisor is one of the staff as their colleagues know them.
type advisor struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Active bool   `json:"active" doc:"false: has left; tickets may still name them"`
}

func (r routes) listAdvisors(ctx context.Context, in *listOfTeam) (*Answer[List[advisor]], error) {
	return Listed(in.Page, func(a advisor) string { return a.ID }, func(before string, limit int) ([]advisor, error) {
		found, err := settings.ListAdvisors(ctx, r.DB, caller(ctx).CompanyID, in.Team, before, limit)
		named := make([]advisor, len(found))
		for n, m := range found {
			named[n] = advisor{m.ID, m.Name, m.Active}
		}
		return named, err
	})
}

func (r routes) createMember(ctx context.Context, in *JSON) (*tagged[settings.Member], error) {
	p, m := caller(ctx), settings.NewMember()
	if err := in.Onto(&m); err != nil {
		return nil, err
	}
	return withTag(staff.CreateMember(ctx, r.DB, p, m))
}

func (r routes) getMember(ctx context.Context, in *OneOfCompany) (*tagged[settings.Member], error) {
	p := caller(ctx)
	return withTag(settings.FindMember(ctx, r.DB, p.CompanyID, p.Teams, in.ID))
}

type bodyOfMember struct {
	OneOfCompany
	Condition
	JSON
}

func (r routes) changeMember(ctx context.Context, in *bodyOfMember) (*tagged[settings.Member], error) {
	return withTag(staff.ChangeMember(ctx, r.DB, caller(ctx), in.ID, func(m *settings.Member) error {
		if err := in.holds(*m); err != nil {
			return err
		}
		return in.Onto(m)
	}))
}

func (r routes) inviteMember(ctx context.Context, in *OneOfCompany) (*Answer[staff.Link], error) {
	return Answered(r.gate.InviteMember(ctx, caller(ctx), in.ID))
}

func (r routes) disconnectMember(ctx context.Context, in *OneOfCompany) (*Nothing, error) {
	return nil, r.gate.Disconnect(ctx, caller(ctx), in.ID)
}
