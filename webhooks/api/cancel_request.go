package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/payments"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
	"ringback/settings"
)

const (
	ticketOfRequest = `select ticket_id from requests where company_id = $1 and team_id = $2 and id = $3`

	oneRequest = `select ` + requestColumns + ` from requests where company_id = $1 and id = $2`
)

// cancelRequest takes back what a customer was asked and has not answered.
// Whoever opens the link reads that it is no longer needed; a text that still
// waits for a decent hour does not go out, and a checkout where they could pay is
// closed.
func (r routes) cancelRequest(ctx context.Context, in *TicketPath) (*Answer[request], error) {
	p := caller(ctx)
	if !isID(in.ID) {
		return nil, settings.ErrNotFound
	}
	path := TicketPath{Team: in.Team}
	if err := r.DB.GetContext(ctx, &path.ID, ticketOfRequest, p.CompanyID, in.Team, in.ID); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = settings.ErrNotFound
		}
		return nil, fmt.Errorf("request %s: %w", in.ID, err)
	}
	var now request
	err := r.onTicket(ctx, path, func(tx *sqlx.Tx, _ tickets.Ticket) error {
		asked, err := requests.Lock(ctx, tx, p.CompanyID, in.ID)
		if err != nil {
			return err
		}
		at := r.Clock.Now()
		switch {
		case asked.Live(at):
			err = asked.End(ctx, tx, requests.Cancelled, tickets.By{Who: p.Who, Staff: p.StaffID}, at)
			if err == nil {
				err = payments.Close(ctx, tx, p.CompanyID, asked.ID, r.Clock.Queue())
			}
		case asked.State == requests.Answered:
			err = settings.NewConflict("state", "request_answered")
		case asked.State != requests.Cancelled: // cancelled already is as good
			err = settings.NewConflict("state", "request_expired")
		}
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &now, oneRequest, p.CompanyID, in.ID)
	})
	return Answered(now, err)
}
