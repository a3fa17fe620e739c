package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

func (r routes) labels(api huma.API) {
	const labels = "/teams/{team}/labels"
	huma.Register(api, Op("list-labels", http.MethodGet, labels, http.StatusOK, "The labels by which the team sorts its tickets, by name"), r.listLabels)
	huma.Register(api, Op("create-label", http.MethodPost, labels, http.StatusCreated, "Add a label; a team has at most 50"), r.createLabel)
	huma.Register(api, Op("delete-label", http.MethodDelete, labels+"/{id}", http.StatusNoContent, "Take a label from the list and from all tickets"), r.deleteLabel)
	huma.Register(api, Op("label-ticket", http.MethodPost, "/teams/{team}/tickets/{id}/labels", http.StatusOK, "Put labels on a ticket, and take some off"), r.labelTicket)
}

type labelsQuery struct {
	Team string `path:"team"`
}

func (r routes) listLabels(ctx context.Context, in *labelsQuery) (*Answer[List[inbox.Label]], error) {
	items, err := r.Inbox.Labels(ctx, caller(ctx), in.Team)
	return Answered(List[inbox.Label]{Items: items}, err)
}

type newLabel struct {
	Team string `path:"team"`
	Body inbox.Label
}

func (r routes) createLabel(ctx context.Context, in *newLabel) (*Answer[inbox.Label], error) {
	return Answered(r.Inbox.AddLabel(ctx, caller(ctx), in.Team, in.Body))
}

func (r routes) deleteLabel(ctx context.Context, in *TicketPath) (*Nothing, error) {
	return nil, r.Inbox.DropLabel(ctx, caller(ctx), in.Team, in.ID)
}

type labelBody struct {
	TicketPath
	Body inbox.LabelChange
}

func (r routes) labelTicket(ctx context.Context, in *labelBody) (*Answer[inbox.Ticket], error) {
	return Answered(r.Inbox.LabelTicket(ctx, caller(ctx), in.Team, in.ID, in.Body))
}
