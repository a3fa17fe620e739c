package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

func (r routes) callBacks(api huma.API) {
	call := Op("call-back", http.MethodPost, "/teams/{team}/tickets/{id}/calls", http.StatusCreated, "Call a ticket's customer back")
	call.Description = "The advisor's own phone rings first. When they press 1 the customer is called, from the team's number. While such a call of theirs goes on, asking again answers that call and rings nobody."
	huma.Register(api, call, r.callBack)
}

type callBackBody struct {
	TicketPath
	Once
	Body inbox.NewCallBack
}

func (r routes) callBack(ctx context.Context, in *callBackBody) (*Answer[inbox.CallBack], error) {
	return Answered(r.Inbox.CallBack(ctx, caller(ctx), in.Team, in.ID, in.Key, in.Body))
}
