package api

import (
	"context"

	"ringback/gateway/inbox"
)

type stepBody struct {
	Team string `path:"team" doc:"The team's id"`
	SID  string `path:"sid" maxLength:"64" pattern:"^[A-Za-z0-9]+$" doc:"The provider's id of the call"`
	Body inbox.Step
}

func (r routes) reportStep(ctx context.Context, in *stepBody) (*Answer[inbox.Step], error) {
	return Answered(r.Inbox.ReportStep(ctx, caller(ctx), in.Team, in.SID, in.Body))
}
