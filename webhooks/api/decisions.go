package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/deliveries"
	"ringback/gateway/inbox"
)

type decisionsQuery struct {
	Team string `path:"team"`
	Page
	Event      string `query:"event" maxLength:"200" doc:"The event's id, or the provider's id of it (a MessageSid)"`
	Contact    string `query:"contact" maxLength:"200" doc:"The contact's id, or one of their addresses; a phone number as it is written, too: without a country it is one of where the team's own numbers are"`
	Automation string `query:"automation" maxLength:"64"`
	Reason     string `query:"reason" maxLength:"64"`
	Since      string `query:"since" maxLength:"40" doc:"Not before this time"`
}

func (r routes) listDecisions(ctx context.Context, in *decisionsQuery) (*Answer[List[inbox.Decision]], error) {
	from, err := since(in.Since)
	if err != nil {
		return nil, err
	}
	f := inbox.DecisionFilter{Automation: in.Automation, Reason: in.Reason, Since: from}
	f.Event, f.ProviderID = inbox.IDOr(in.Event)
	f.Contact, f.Address = inbox.IDOr(in.Contact)
	return Listed(in.Page, func(d inbox.Decision) string { return d.ID }, func(before string, limit int) ([]inbox.Decision, error) {
		return r.Inbox.Decisions(ctx, caller(ctx), in.Team, f, before, limit)
	})
}

// decisionInFull is a decision with what the customer wrote and what became of
// the reply.
type decisionInFull struct {
	inbox.Decision
	Wrote     string     `json:"wrote" doc:"What the customer wrote; empty when the event is no message"`
	Delivered *delivered `json:"delivered" doc:"The delivery as it stands; null when nothing was to be sent"`
}

type delivered deliveries.Delivery

// Schema says that null stands for none.
func (delivered) Schema(r huma.Registry) *huma.Schema { return NullOr[deliveries.Delivery](r) }

func (r routes) getDecision(ctx context.Context, in *TicketPath) (*Answer[decisionInFull], error) {
	d, err := r.Inbox.Decision(ctx, caller(ctx), in.Team, in.ID)
	return Answered(decisionInFull{d.Decision, d.Wrote, (*delivered)(d.Delivered)}, err)
}
