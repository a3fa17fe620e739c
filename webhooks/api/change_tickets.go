package api

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
	"ringback/settings"
)

type ticketsBody struct {
	Team string `path:"team"`
	JSON
}

// ticketsChange is the body of ticketsBody, with the change as it was sent.
type ticketsChange struct {
	Tickets []string        `json:"tickets"`
	Change  json.RawMessage `json:"change"`
}

// changedTickets is what became of each, in the order in which they were named.
type changedTickets struct {
	Items []changedTicket `json:"items" nullable:"false"`
}

type changedTicket struct {
	ID      string        `json:"id"`
	Ticket  *inbox.Ticket `json:"ticket,omitempty" doc:"As it stands now; left out: the problem says why it stays as it was"`
	Problem *Problem      `json:"problem,omitempty" doc:"What change-ticket would answer for this one; left out: all is well"`
}

// changesMany is the operation with the body of ticketsChange.
func changesMany(api huma.API, op huma.Operation) huma.Operation {
	op = Changes[inbox.TicketChange](api, op)
	body := op.RequestBody.Content["application/json"]
	least, most := 1, inbox.MaxAtOnce
	body.Schema = &huma.Schema{
		Type: "object", Required: []string{"tickets", "change"}, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"tickets": {Type: "array", Items: &huma.Schema{Type: "string"}, MinItems: &least, MaxItems: &most, Description: "Ids"},
			"change":  body.Schema,
		},
	}
	body.Schema.PrecomputeMessages()
	return op
}

// changeTickets makes one change to several tickets, each as change-ticket does.
func (r routes) changeTickets(ctx context.Context, in *ticketsBody) (*Answer[changedTickets], error) {
	var wanted ticketsChange
	if err := json.Unmarshal(in.Body, &wanted); err != nil {
		return nil, settings.Refuse("", "not_object")
	}
	all, err := r.Inbox.ChangeTickets(ctx, caller(ctx), in.Team, wanted.Tickets, func(_ inbox.Ticket, c *inbox.TicketChange) error {
		return Merge(wanted.Change, c)
	})
	if err != nil {
		return nil, err
	}
	answer := changedTickets{Items: make([]changedTicket, len(all))}
	for n, one := range all {
		answer.Items[n].ID = one.ID
		if one.Err != nil {
			answer.Items[n].Problem = ProblemOf(ctx, "change-tickets", one.Err)
			continue
		}
		answer.Items[n].Ticket = &one.Ticket
	}
	return &Answer[changedTickets]{answer}, nil
}
