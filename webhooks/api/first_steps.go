package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
	"ringback/settings"
)

func (r routes) firstSteps(api huma.API) {
	const steps, sender = "/teams/{team}/first-steps", "/teams/{team}/senders/{id}"
	huma.Register(api, Op("get-first-steps", http.MethodGet, steps, http.StatusOK, "How far a new team has come until it answers its customers"), r.getFirstSteps)
	huma.Register(api, Op("put-first-steps-away", http.MethodDelete, steps, http.StatusNoContent, "Show the list of first steps no more"), r.putFirstStepsAway)
	check := Op("check-sender", http.MethodPost, sender+"/check", http.StatusOK, "Ask the provider how it stands with a number")
	check.Description = "Of an sms or a voice sender: whether Twilio tells us what happens there. Of a whatsapp_cloud with a business_account_id: whether Meta says that the number is one of that account's. What it says stands at the sender as check until it is asked again."
	huma.Register(api, check, r.checkSender)
	huma.Register(api, Op("test-sender", http.MethodPost, sender+"/test", http.StatusNoContent, "Send yourself a text from a number"), r.testSender)
}

type ofTeam struct {
	Team string `path:"team"`
}

func (r routes) getFirstSteps(ctx context.Context, in *ofTeam) (*Answer[inbox.FirstSteps], error) {
	return Answered(r.Inbox.FirstSteps(ctx, caller(ctx), in.Team))
}

func (r routes) putFirstStepsAway(ctx context.Context, in *ofTeam) (*Nothing, error) {
	return nil, r.Inbox.PutFirstStepsAway(ctx, caller(ctx), in.Team)
}

type checkSender struct {
	TicketPath
	Set bool `query:"set" doc:"Have Twilio tell us first: what it has at the number for that is replaced"`
}

func (r routes) checkSender(ctx context.Context, in *checkSender) (*Answer[settings.SenderCheck], error) {
	return Answered(r.Inbox.CheckSender(ctx, caller(ctx), in.Team, in.ID, in.Set))
}

func (r routes) testSender(ctx context.Context, in *TicketPath) (*Nothing, error) {
	return nil, r.Inbox.TestSender(ctx, caller(ctx), in.Team, in.ID)
}
