package api

import (
	"context"

	"ringback/gateway/reads"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

// readTicket lets the customer see that somebody has read what they wrote.
func (r routes) readTicket(ctx context.Context, in *TicketPath) (*rest.Nothing, error) {
	company := staff.From(ctx).CompanyID
	if _, err := findTicketRow(ctx, r.DB, company, *in); err != nil {
		return nil, err
	}
	return nil, reads.Mark(ctx, r.DB, company, in.ID, r.Clock.Now(), r.Clock.Queue())
}
