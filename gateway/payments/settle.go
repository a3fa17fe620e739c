package payments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
	"ringback/settings"
)

const (
	whose = `
select p.company_id, r.team_id, r.ticket_id, r.id as request_id from payments p
join requests r on r.company_id = p.company_id and r.id = p.request_id where p.id = $1`
	lock = `select ` + columns + ` from payments where company_id = $1 and id = $2 for update`
	// Of what can still come of itself the provider is asked in the end.
	move = `
update payments set state = $3, refunded = $4, updated_at = now(), ask_at = case when $3 in ('open', 'failed', 'processing') then ask_at end
where company_id = $1 and id = $2`
	refundFailed = `
update payments set state = $3, refunded = $4, refund_failed_at = greatest(refund_failed_at, $5), updated_at = now() where company_id = $1 and id = $2`
	remember = `update payments set told = array_append(told, $3) where company_id = $1 and id = $2 and $3 <> all (told)`
	dispute  = `update payments set dispute = $3, updated_at = now() where company_id = $1 and id = $2`
)

// Moved is the request whose payment moved.
type Moved struct {
	CompanyID string `db:"company_id"`
	TeamID    string `db:"team_id"`
	TicketID  string `db:"ticket_id"`
	RequestID string `db:"request_id"`
}

// Settle takes in what the provider told. False: it concerns no payment of
// ours, or says nothing new. ErrOther: it is about other money, which the request's
// ticket shows from now on. Queue is the time of the queries that compare due times.
func Settle(ctx context.Context, db *sqlx.DB, told stripe.PaymentUpdate, at time.Time, queue clock.Due) (Moved, bool, error) {
	var m Moved
	if told.What == "" || !settings.IsID(told.Order) {
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
	r, err := requests.Lock(ctx, tx, m.CompanyID, m.RequestID)
	if err != nil {
		return m, false, err
	}
	var changed bool
	switch _, disputed := disputes[told.What]; {
	case disputed:
		changed, err = p.disputed(ctx, tx, r, told, at)
	case told.What == stripe.RefundFailed:
		changed, err = p.refundFailed(ctx, tx, r, told, at)
	default:
		changed, err = p.take(ctx, tx, r, told, at)
	}
	if errors.Is(err, ErrOther) {
		if err := p.other(ctx, tx, r, told, at); err != nil {
			return m, false, err
		}
		if err := tx.Commit(); err != nil {
			return m, false, err
		}
		return m, false, err
	}
	if err == nil && changed && (rank[told.What] >= rank[stripe.Paid] || told.What == stripe.Processing) {
		err = Close(ctx, tx, m.CompanyID, m.RequestID, queue) // an older tab pays nothing twice
	}
	if err != nil || !changed {
		return m, false, err
	}
	return m, true, tx.Commit()
}

// ErrOther is an event about another amount than was asked for. It moves
// nothing: the staff are told, as somebody has to look.
var ErrOther = errors.New("another amount than was asked for")

// fits is ErrOther when the update is about another amount.
func (p Payment) fits(told stripe.PaymentUpdate) error {
	whole := told.What == stripe.Paid || told.What == stripe.Processing
	if told.Currency != p.Currency || whole && told.Amount != p.Amount || told.Amount > p.Amount {
		return fmt.Errorf("%w: payment %s is of %s, and %s was told of %s", ErrOther, p.ID,
			requests.Plain(p.Amount, p.Currency), requests.Plain(told.Amount, told.Currency), told.What)
	}
	return nil
}

// other tells the staff of money that was not asked for, once.
func (p Payment) other(ctx context.Context, tx sqlx.ExtContext, r requests.Request, told stripe.PaymentUpdate, at time.Time) error {
	amount := requests.Plain(told.Amount, told.Currency)
	if first, err := p.first(ctx, tx, told.What+" "+amount); err != nil || !first {
		return err
	}
	return r.Settled(ctx, tx, p.event(told), requests.PaymentOther, amount, at)
}

// first reports whether this was not told of the payment before, and remembers it.
func (p Payment) first(ctx context.Context, tx sqlx.ExecerContext, what string) (bool, error) {
	result, err := tx.ExecContext(ctx, remember, p.CompanyID, p.ID, what)
	if err != nil {
		return false, fmt.Errorf("payment %s: %w", p.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// event names what is told of the payment, so that the staff are told each of it: two
// refunds may be of the same amount.
func (p Payment) event(told stripe.PaymentUpdate) string { return p.ID + "/" + told.ID }

// words are how the timeline says what became of an attempt.
var words = map[string]string{
	stripe.Failed: requests.PaymentFailed, stripe.Processing: requests.PaymentProcessing, stripe.Expired: requests.PaymentExpired,
	stripe.Bounced: requests.PaymentFailed, stripe.Refunded: requests.Refunded,
}

// take raises the payment to what was told of it.
func (p Payment) take(ctx context.Context, tx sqlx.ExtContext, r requests.Request, told stripe.PaymentUpdate, at time.Time) (bool, error) {
	if err := p.fits(told); err != nil {
		return false, err
	}
	state, refunded := told.What, p.Refunded
	if told.What == stripe.Refunded {
		if told.Amount <= p.Refunded || p.RefundFailedAt != nil && !told.At.After(*p.RefundFailedAt) {
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
		if err := r.Settled(ctx, tx, p.event(told), requests.Paid, requests.Plain(p.Amount, p.Currency), at); err != nil {
			return false, err
		}
	}
	ended := told.What == stripe.Expired && (r.State == requests.Cancelled || r.State == requests.Expired) // which the timeline says already
	if told.What == stripe.Bounced && p.State == stripe.Processing {
		if err := r.Bounced(ctx, tx, p.ID, at); err != nil {
			return false, err
		}
	}
	if told.What != stripe.Paid && !ended {
		if err := r.Settled(ctx, tx, p.event(told), words[told.What], requests.Plain(told.Amount, p.Currency), at); err != nil {
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

// refundFailed notes that a refund came back to us: the payment stands as far as
// nothing else was given back. What the provider told of refunds before counts no
// more, also when it comes after.
func (p Payment) refundFailed(ctx context.Context, tx sqlx.ExtContext, r requests.Request, told stripe.PaymentUpdate, at time.Time) (bool, error) {
	if err := p.fits(told); err != nil {
		return false, err
	}
	if first, err := p.first(ctx, tx, "refund_failed "+told.ID); err != nil || !first {
		return false, err
	}
	state := p.State
	if told.Left < p.Refunded {
		state = stripe.Paid
	}
	if err := r.Settled(ctx, tx, p.event(told), requests.RefundFailed, requests.Plain(told.Amount, p.Currency), at); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, refundFailed, p.CompanyID, p.ID, state, min(told.Left, p.Refunded), told.At); err != nil {
		return false, fmt.Errorf("payment %s: %w", p.ID, err)
	}
	return true, nil
}

// disputes are where a dispute stands, and how the timeline says it. The last
// word on it stands.
var disputes = map[string]struct{ state, word string }{
	stripe.Disputed:    {"open", requests.PaymentDisputed},
	stripe.DisputeWon:  {"won", requests.DisputeWon},
	stripe.DisputeLost: {"lost", requests.DisputeLost},
}

// disputed notes that the customer's bank wants the money back, or no longer. A
// bank may want a part of it, in its own currency.
func (p Payment) disputed(ctx context.Context, tx sqlx.ExtContext, r requests.Request, told stripe.PaymentUpdate, at time.Time) (bool, error) {
	now := disputes[told.What]
	if p.Dispute == now.state || p.Dispute != "" && now.state == "open" || p.Dispute == "won" || p.Dispute == "lost" {
		return false, nil
	}
	if err := r.Settled(ctx, tx, p.event(told), now.word, requests.Plain(told.Amount, told.Currency), at); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, dispute, p.CompanyID, p.ID, now.state); err != nil {
		return false, fmt.Errorf("payment %s: %w", p.ID, err)
	}
	return true, nil
}
