package api

import (
	"context"

	"ringback/gateway/readreceipts"
)

// readTicket lets the customer see that somebody has read what they wrote.
func (r routes) readTicket(ctx context.Context, in *TicketPath) (*Nothing, error) {
	company := caller(ctx).CompanyID
	if _, err := findTicketRow(ctx, r.DB, company, *in); err != nil {
		return nil, err
	}
	return nil, readreceipts.Mark(ctx, r.DB, company, in.ID, r.Clock.Now(), r.Clock.Queue())
}
