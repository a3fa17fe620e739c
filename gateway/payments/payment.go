// Package payments is the attempts to pay what customers were asked for.
//
// The hard decision: an attempt has a rank (open, failed, expired, paid,
// refunded) and only rises. The provider's events come twice, late and out of
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
)

// Payment is one attempt.
type Payment struct {
	CompanyID string    `db:"company_id"`
	ID        string    `db:"id"`
	RequestID string    `db:"request_id"`
	State     string    `db:"state"`
	Amount    int64     `db:"amount"`
	Currency  string    `db:"currency"`
	Refunded  int64     `db:"refunded"`
	URL       string    `db:"url"`
	ExpiresAt time.Time `db:"expires_at"`
}

// open is the state of an attempt of which nothing is known yet.
const open = "open"

var rank = map[string]int{open: 0, stripe.Failed: 1, stripe.Expired: 2, stripe.Paid: 3, stripe.Refunded: 4}

// life is how long a checkout can be used; Stripe allows a day at most.
const life = 23 * time.Hour

// late is how much of its life a checkout must have left to be offered again.
const late = 10 * time.Minute

const (
	columns = `company_id, id, request_id, state, amount, currency, refunded, url, expires_at`
	newest  = `select ` + columns + ` from payments where company_id = $1 and request_id = $2 order by created_at desc, id desc limit 1`
	insert  = `
insert into payments (company_id, id, request_id, amount, currency, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`
	// What was taken back while the checkout was opened is closed again.
	opened = `
update payments p set checkout = $3, url = $4, updated_at = now(), close_at = (
    select coalesce($5::timestamptz, now()) from requests r where r.company_id = $1 and r.id = p.request_id and r.state = 'cancelled')
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
// is over. The request is locked, so that two tabs have the same.
func Begin(ctx context.Context, tx sqlx.ExtContext, r requests.Request, at time.Time) (Payment, error) {
	p, err := Newest(ctx, tx, r.CompanyID, r.ID)
	if err == nil && rank[p.State] <= rank[stripe.Failed] && at.Add(late).Before(p.ExpiresAt) {
		return p, nil
	}
	if err != nil && !errors.Is(err, settings.ErrNotFound) {
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

// Opened notes where the attempt is paid. Queue is the time of the queries that
// compare due times.
func (p Payment) Opened(ctx context.Context, q sqlx.ExecerContext, c stripe.Checkout, queue clock.Due) error {
	if _, err := q.ExecContext(ctx, opened, p.CompanyID, p.ID, c.ID, c.URL, queue); err != nil {
		return fmt.Errorf("payment %s: %w", p.ID, err)
	}
	return nil
}

const (
	whose = `
select p.company_id, r.team_id, r.ticket_id, r.id as request_id from payments p
join requests r on r.company_id = p.company_id and r.id = p.request_id where p.id = $1`
	lock = `select ` + columns + ` from payments where company_id = $1 and id = $2 for update`
	move = `update payments set state = $3, refunded = $4, updated_at = now() where company_id = $1 and id = $2`
)

// Moved is the request whose payment moved.
type Moved struct {
	CompanyID string `db:"company_id"`
	TeamID    string `db:"team_id"`
	TicketID  string `db:"ticket_id"`
	RequestID string `db:"request_id"`
}

// Settle takes in what the provider told. False: it concerns no payment of
// ours, or says nothing new.
func Settle(ctx context.Context, db *sqlx.DB, told stripe.PaymentUpdate, at time.Time) (Moved, bool, error) {
	var m Moved
	if told.What == "" || uuid.Validate(told.Order) != nil {
		return m, false, nil
	}
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return m, false, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	err = tx.GetContext(ctx, &m, whose, told.Order)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("payment %s: %w", told.Order, err)
	}
	if _, err := tickets.Lock(ctx, tx, m.CompanyID, m.TeamID, m.TicketID); err != nil {
		return m, false, err
	}
	var p Payment
	if err := tx.GetContext(ctx, &p, lock, m.CompanyID, told.Order); err != nil {
		return m, false, fmt.Errorf("payment %s: %w", told.Order, err)
	}
	if told.Currency != p.Currency || told.What == stripe.Paid && told.Amount != p.Amount || told.Amount > p.Amount {
		return m, false, fmt.Errorf("%w: payment %s is of %s, and %s was told of %s", ErrOther, p.ID,
			requests.Plain(p.Amount, p.Currency), requests.Plain(told.Amount, told.Currency), told.What)
	}
	r, err := requests.Lock(ctx, tx, m.CompanyID, m.RequestID)
	if err != nil {
		return m, false, err
	}
	changed, err := p.take(ctx, tx, r, told, at)
	if err != nil || !changed {
		return m, false, err
	}
	return m, true, tx.Commit()
}

// ErrOther is an event about another amount than was asked for. It moves
// nothing: somebody has to look.
var ErrOther = errors.New("another amount than was asked for")

// take raises the payment to what was told of it.
func (p Payment) take(ctx context.Context, tx sqlx.ExtContext, r requests.Request, told stripe.PaymentUpdate, at time.Time) (bool, error) {
	state, refunded := told.What, p.Refunded
	if told.What == stripe.Refunded {
		if told.Amount <= p.Refunded {
			return false, nil
		}
		refunded = told.Amount
		if !told.Whole {
			state = stripe.Paid
		}
	} else if rank[state] <= rank[p.State] {
		return false, nil
	}
	if rank[state] >= rank[stripe.Paid] && rank[p.State] < rank[stripe.Paid] {
		if err := r.Settled(ctx, tx, stripe.Paid, requests.Plain(p.Amount, p.Currency), at); err != nil {
			return false, err
		}
	}
	ended := told.What == stripe.Expired && r.State == requests.Cancelled // which the timeline says already
	if told.What != stripe.Paid && !ended {
		word := map[string]string{stripe.Failed: "payment_failed", stripe.Expired: "payment_expired", stripe.Refunded: stripe.Refunded}[told.What]
		if err := r.Settled(ctx, tx, word, requests.Plain(told.Amount, p.Currency), at); err != nil {
			return false, err
		}
	}
	if rank[state] < rank[p.State] {
		state = p.State
	}
	if _, err := tx.ExecContext(ctx, move, p.CompanyID, p.ID, state, refunded); err != nil {
		return false, fmt.Errorf("payment %s: %w", p.ID, err)
	}
	return true, nil
}
