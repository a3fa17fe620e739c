package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
)

func (r routes) history(api huma.API) {
	huma.Register(api, Op("list-history", http.MethodGet, "/teams/{team}/history", http.StatusOK,
		"Who changed the team's settings, from what to what"), r.listHistory)
	restore := Op("restore-change", http.MethodPost, "/teams/{team}/history/{id}/restore", http.StatusOK, "Put back what a change replaced")
	restore.Description = "What the change made goes, what it deleted is there again, and what it changed is as before; what others changed beside it stays. " +
		"It is a change like any other: the answer is its line of history. " + unseen
	huma.Register(api, restore, r.restoreChange)
	huma.Register(api, Op("list-company-history", http.MethodGet, "/history", http.StatusOK,
		"Who changed the company and its staff, from what to what; who signed in, and who failed to"), r.listCompanyHistory)
	restore = Op("restore-company-change", http.MethodPost, "/history/{id}/restore", http.StatusOK, "Put back what a change of the company or of its staff replaced")
	restore.Description = "What others changed beside it stays. " + unseen + " Somebody who was added stays, and what happened stays so: 409."
	huma.Register(api, restore, r.restoreCompanyChange)
}

// unseen says what becomes of changes that whoever restores does not know of.
const unseen = "409, when the same was changed since: the fault names the fields, who did it, and the id of the newest change, which sent as seen restores all the same."

type restoreOfTeam struct {
	OneOfTeam
	SeenChange
}

type restoreOfCompany struct {
	OneOfCompany
	SeenChange
}

// SeenChange is what whoever restores knows of.
type SeenChange struct {
	Seen string `query:"seen" maxLength:"36" doc:"The newest change of the same thing that you know of: it may be written over, and nothing later. Left out, it is the one that is taken back"`
}

func (r routes) listHistory(ctx context.Context, in *listOfTeam) (*Answer[List[settings.Change]], error) {
	return Listed(in.Page, func(c settings.Change) string { return c.ID }, func(before string, limit int) ([]settings.Change, error) {
		return settings.ListHistory(ctx, r.DB, caller(ctx).CompanyID, in.Team, before, limit)
	})
}

func (r routes) listCompanyHistory(ctx context.Context, in *Page) (*Answer[List[settings.Change]], error) {
	return Listed(*in, func(c settings.Change) string { return c.ID }, func(before string, limit int) ([]settings.Change, error) {
		return settings.ListHistory(ctx, r.DB, caller(ctx).CompanyID, "", before, limit)
	})
}

func (r routes) restoreChange(ctx context.Context, in *restoreOfTeam) (*Answer[settings.Change], error) {
	return Answered(r.Inbox.Restore(ctx, caller(ctx), in.Team, settings.Restoration{Change: in.ID, Seen: in.Seen}))
}

func (r routes) restoreCompanyChange(ctx context.Context, in *restoreOfCompany) (*Answer[settings.Change], error) {
	return Answered(r.Inbox.RestoreCompany(ctx, caller(ctx), settings.Restoration{Change: in.ID, Seen: in.Seen}))
}
