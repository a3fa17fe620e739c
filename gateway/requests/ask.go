package requests

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Link is the address of a customer's page.
func Link(public, token string) string { return strings.TrimSuffix(public, "/") + "/r/" + token }

const waiting = `
select exists (select from requests
    where company_id = $1 and ticket_id = $2 and kind = $3 and id <> $4 and coalesce(author = 'advisor', who <> '') and state in ('open', 'seen') and expires_at > $5)`

// Waiting reports whether an advisor asked the ticket's customer for the same
// kind of thing already, who has not answered.
func Waiting(ctx context.Context, q sqlx.QueryerContext, r Request) (bool, error) {
	var yes bool
	if err := q.QueryRowxContext(ctx, waiting, r.CompanyID, r.TicketID, r.Kind, r.ID, r.AskedAt).Scan(&yes); err != nil {
		return false, fmt.Errorf("requests of ticket %s: %w", r.TicketID, err)
	}
	return yes, nil
}

const wentOut = `update requests set channel = $3 where company_id = $1 and id = $2`

// WentOut notes the channel on which a plain reply answers the request.
func (r Request) WentOut(ctx context.Context, tx sqlx.ExecerContext, channel string) error {
	_, err := r.moved(ctx, tx, wentOut, r.CompanyID, r.ID, channel)
	return err
}

const wentElsewhere = `
update requests set channel = $3
where company_id = $1 and id = (select request_id from deliveries where company_id = $1 and id = $2) and state in ('open', 'seen')`

// WentElsewhere notes that a delivery which was refused goes by another
// channel: if it is a question, a plain reply there answers it.
func WentElsewhere(ctx context.Context, tx sqlx.ExecerContext, company, delivery string, kind channels.Kind) error {
	if _, err := tx.ExecContext(ctx, wentElsewhere, company, delivery, string(kind)); err != nil {
		return fmt.Errorf("delivery %s: the question in it: %w", delivery, err)
	}
	return nil
}
