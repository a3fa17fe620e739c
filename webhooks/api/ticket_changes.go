package api

import (
	"context"
	"fmt"

	"ringback/gateway/inbox"
)

// ticketTag names the state of a ticket; what is said on it does not change it.
func ticketTag(t inbox.Ticket) string { return fmt.Sprintf(`"%s-%d"`, t.ID, t.UpdatedAt.UnixMicro()) }

type ticketBody struct {
	TicketPath
	IfMatch []string `header:"If-Match"`
	JSON
}

func (r routes) changeTicket(ctx context.Context, in *ticketBody) (*tagged[inbox.Ticket], error) {
	after, err := r.Inbox.ChangeTicket(ctx, caller(ctx), in.Team, in.ID, func(before inbox.Ticket, c *inbox.TicketChange) error {
		if len(in.IfMatch) > 0 && !named(in.IfMatch, ticketTag(before)) {
			return errChanged
		}
		return in.Onto(c)
	})
	if err != nil {
		return nil, err
	}
	return &tagged[inbox.Ticket]{ticketTag(after), after}, nil
}
