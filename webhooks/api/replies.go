package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
)

func (r routes) replies(api huma.API) {
	const replies = "/teams/{team}/replies"
	huma.Register(api, Op("list-replies", http.MethodGet, replies, http.StatusOK, "The team's saved replies, by title: all of them"), r.listReplies)
	huma.Register(api, Takes[settings.Reply](api, Op("create-reply", http.MethodPost, replies, http.StatusCreated, "Add a saved reply")), r.createReply)
	huma.Register(api, Changes[settings.Reply](api, Op("change-reply", http.MethodPatch, replies+"/{id}", http.StatusOK, "Change a saved reply")), r.changeReply)
	huma.Register(api, Op("delete-reply", http.MethodDelete, replies+"/{id}", http.StatusNoContent, "Delete a saved reply"), r.deleteReply)
}

func (r routes) listReplies(ctx context.Context, in *OfTeam) (*Answer[List[settings.Reply]], error) {
	found, err := settings.ListReplies(ctx, r.DB, caller(ctx).CompanyID, in.Team)
	return Answered(List[settings.Reply]{Items: found}, err)
}

func (r routes) createReply(ctx context.Context, in *bodyOfTeam) (*tagged[settings.Reply], error) {
	var made settings.Reply
	if err := in.Onto(&made); err != nil {
		return nil, err
	}
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) (err error) {
		made, err = e.AddReply(ctx, made)
		return err
	})
	return withTag(made, err)
}

func (r routes) changeReply(ctx context.Context, in *bodyOfOne) (*tagged[settings.Reply], error) {
	var changed settings.Reply
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) (err error) {
		changed, err = e.ChangeReply(ctx, in.ID, func(r *settings.Reply) error {
			if err := in.holds(*r); err != nil {
				return err
			}
			return in.Onto(r)
		})
		return err
	})
	return withTag(changed, err)
}

func (r routes) deleteReply(ctx context.Context, in *deletionOfOne) (*Nothing, error) {
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) error {
		reply, err := e.Reply(ctx, in.ID)
		if err != nil {
			return err
		}
		if err := in.holds(reply); err != nil {
			return err
		}
		return e.DeleteReply(ctx, in.ID)
	})
	return nil, err
}
