package inbox

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
	"ringback/settings/staff"
)

const (
	ticketOfRequest = `select ticket_id from requests where company_id = $1 and team_id = $2 and id = $3`

	oneRequest = `select ` + requestColumns + ` from requests where company_id = $1 and id = $2`
)

// CancelRequest takes back what a customer was asked and has not answered.
// Whoever opens the link reads that it is no longer needed; a text that still
// waits for a decent hour does not go out, and a checkout where they could pay is
// closed.
func (d Desk) CancelRequest(ctx context.Context, who staff.Principal, team, id string) (Request, error) {
	ticket, err := d.ticketOf(ctx, who.CompanyID, team, id)
	if err != nil {
		return Request{}, err
	}
	var now Request
	err = d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, _ tickets.Ticket) error {
		if err := d.cancel(ctx, tx, who, id); err != nil {
			return err
		}
		return tx.GetContext(ctx, &now, oneRequest, who.CompanyID, id)
	})
	return now, err
}

// ticketOf is the ticket of a request of the team.
func (d Desk) ticketOf(ctx context.Context, company, team, request string) (string, error) {
	if !settings.IsID(request) {
		return "", settings.ErrNotFound
	}
	var ticket string
	err := d.DB.GetContext(ctx, &ticket, ticketOfRequest, company, team, request)
	if errors.Is(err, sql.ErrNoRows) {
		err = settings.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("request %s: %w", request, err)
	}
	return ticket, nil
}

func (d Desk) cancel(ctx context.Context, tx *sqlx.Tx, who staff.Principal, id string) error {
	asked, err := requests.Lock(ctx, tx, who.CompanyID, id)
	if err != nil {
		return err
	}
	at := d.Clock.Now()
	switch {
	case asked.Processing != nil:
		return settings.NewConflict("state", "payment_processing")
	case asked.Live(at):
		if err := asked.End(ctx, tx, requests.Cancelled, tickets.By{Who: who.Who, Staff: who.StaffID}, at); err != nil {
			return err
		}
		return payments.Close(ctx, tx, who.CompanyID, asked.ID, d.Clock.Queue())
	case asked.State == requests.Answered:
		return settings.NewConflict("state", "request_answered")
	case asked.State != requests.Cancelled: // cancelled already is as good
		return settings.NewConflict("state", "request_expired")
	}
	return nil
}
