package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

func (r routes) requests(api huma.API) {
	ask := Op("make-request", http.MethodPost, "/teams/{team}/tickets/{id}/requests", http.StatusCreated, "Ask the customer for something")
	ask.Description = "A photo or video, an approval, a payment, a rating, or whether it is resolved. The text goes out by the automation of that kind, " +
		"with the link to the customer's page; whether it did stands in its decision. What is still open is not asked for twice: 409 with the time left."
	huma.Register(api, ask, r.makeRequest)
	huma.Register(api, Op("cancel-request", http.MethodPost, "/teams/{team}/requests/{id}/cancel", http.StatusOK,
		"Take back what a customer was asked and has not answered"), r.cancelRequest)
	huma.Register(api, Op("count-answer", http.MethodPost, "/teams/{team}/requests/{id}/answer", http.StatusOK,
		"Have a customer's message count as the answer, where it may answer one of several requests"), r.countAnswer)
	huma.Register(api, Op("share-voicehub", http.MethodPost, "/teams/{team}/contacts/{id}/share-voicehub", http.StatusCreated,
		"Send the customer the team's contact page"), r.shareVoiceHub)
}

type wantedBody struct {
	TicketPath
	Once
	Body inbox.Wanted
}

func (r routes) makeRequest(ctx context.Context, in *wantedBody) (*Answer[inbox.Asked], error) {
	return Answered(r.Inbox.Ask(ctx, caller(ctx), in.Team, in.ID, in.Key, in.Body))
}

func (r routes) cancelRequest(ctx context.Context, in *TicketPath) (*Answer[inbox.Request], error) {
	return Answered(r.Inbox.CancelRequest(ctx, caller(ctx), in.Team, in.ID))
}

type countBody struct {
	TicketPath
	Body struct {
		Message string `json:"message" maxLength:"36" doc:"The id of the customer's message, which names the request in may_answer"`
	}
}

func (r routes) countAnswer(ctx context.Context, in *countBody) (*Answer[inbox.Request], error) {
	return Answered(r.Inbox.CountAnswer(ctx, caller(ctx), in.Team, in.ID, in.Body.Message))
}

type shareBody struct {
	TicketPath
	Once
}

func (r routes) shareVoiceHub(ctx context.Context, in *shareBody) (*Answer[inbox.Shared], error) {
	return Answered(r.Inbox.Share(ctx, caller(ctx), in.Team, in.ID, in.Key))
}
