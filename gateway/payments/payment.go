// Package payments is the attempts to pay what customers were asked for.
//
// The hard decision: an attempt has a rank (open, failed, processing, expired,
// bounced, paid, refunded) and only rises. The provider's events come twice, late and out of
// order, and need not be told apart: what does not raise the rank changes
// nothing, and a refund that comes first says that there was a payment.
package payments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/transaction"
)

// Payment is one attempt.
type Payment struct {
	CompanyID string `db:"company_id"`
	ID        string `db:"id"`
	RequestID string `db:"request_id"`
	State     string `db:"state"`
	Amount    int64  `db:"amount"`
	Currency  string `db:"currency"`
	Refunded  int64  `db:"refunded"`
	Dispute   string `db:"dispute"` // empty, open, won, lost
	URL       string `db:"url"`
	// RefundFailedAt is when Stripe last told that a refund came back: what it told of
	// refunds before is not true any more.
	RefundFailedAt *time.Time `db:"refund_failed_at"`
	ExpiresAt      time.Time  `db:"expires_at"`
}

// open is the state of an attempt of which nothing is known yet.
const open = "open"

var rank = map[string]int{
	open: 0, stripe.Failed: 1, stripe.Processing: 2, stripe.Expired: 3, stripe.Bounced: 4, stripe.Paid: 5, stripe.Refunded: 6,
}

// life is how long a checkout can be used; Stripe allows a day at most.
const life = 23 * time.Hour

// late is how much of its life a checkout must have left to be offered again.
const late = 10 * time.Minute

const (
	columns = `company_id, id, request_id, state, amount, currency, refunded, dispute, url, expires_at, refund_failed_at`
	newest  = `select ` + columns + ` from payments where company_id = $1 and request_id = $2 order by created_at desc, id desc limit 1`
	insert  = `
insert into payments (company_id, id, request_id, amount, currency, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`
	// What was taken back while the checkout was opened is closed again.
	opened = `
update payments p set checkout = $3, url = $4, updated_at = now(), close_at = (
    select coalesce($5::timestamptz, now()) from requests r where r.company_id = $1 and r.id = p.request_id and r.state in ('cancelled', 'expired')),
    ask_at = expires_at + $6::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and url = ''`
)

// Newest is the newest attempt to pay a request; settings.ErrNotFound: none.
func Newest(ctx context.Context, q sqlx.QueryerContext, company, request string) (Payment, error) {
	var p Payment
	err := sqlx.GetContext(ctx, q, &p, newest, company, request)
	if errors.Is(err, sql.ErrNoRows) {
		return p, settings.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("payment of request %s: %w", request, err)
	}
	return p, nil
}

// Begin returns the attempt to go on with: the newest, or a new one when that
// is over, whose checkout is closed then. The request is locked, so that two
// tabs have the same. Queue is the time of the queries that compare due times.
func Begin(ctx context.Context, tx sqlx.ExtContext, r requests.Request, at time.Time, queue clock.Due) (Payment, error) {
	p, err := Newest(ctx, tx, r.CompanyID, r.ID)
	if err == nil && rank[p.State] <= rank[stripe.Failed] && at.Add(late).Before(p.ExpiresAt) {
		return p, nil
	}
	if err != nil && !errors.Is(err, settings.ErrNotFound) {
		return p, err
	}
	if err := Close(ctx, tx, r.CompanyID, r.ID, queue); err != nil {
		return p, err
	}
	p = Payment{
		CompanyID: r.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), RequestID: r.ID, State: open,
		Amount: *r.Amount, Currency: r.Currency, ExpiresAt: at.Add(life).Truncate(time.Second),
	}
	if _, err := tx.ExecContext(ctx, insert, p.CompanyID, p.ID, p.RequestID, p.Amount, p.Currency, at, p.ExpiresAt); err != nil {
		return p, fmt.Errorf("payment of request %s: %w", r.ID, err)
	}
	return p, nil
}

// ErrOver is a request that waits for no money any more.
var ErrOver = errors.New("there is nothing to pay any more")

// BeginOnPage is Begin for the customer who pays on the request's page; ErrOver: it was
// taken back or paid meanwhile.
func BeginOnPage(ctx context.Context, db *sqlx.DB, r requests.Request, at time.Time, queue clock.Due) (p Payment, err error) {
	err = transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		if _, err := tickets.Lock(ctx, tx, r.CompanyID, r.TeamID, r.TicketID); err != nil {
			return err
		}
		now, err := requests.Lock(ctx, tx, r.CompanyID, r.ID)
		if err != nil {
			return err
		}
		if !now.Live(at) {
			return ErrOver
		}
		p, err = Begin(ctx, tx, now, at, queue)
		return err
	})
	return p, err
}

// Opened notes where the attempt is paid, and that the provider is asked about it if
// nothing is heard until after its end. Queue is the time of the queries that
// compare due times.
func (p Payment) Opened(ctx context.Context, q sqlx.ExecerContext, c stripe.Checkout, queue clock.Due) error {
	if _, err := q.ExecContext(ctx, opened, p.CompanyID, p.ID, c.ID, c.URL, queue, afterEnd.Milliseconds()); err != nil {
		return fmt.Errorf("payment %s: %w", p.ID, err)
	}
	return nil
}
