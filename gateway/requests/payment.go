package requests

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/outboundhooks"
	"ringback/gateway/tickets"
)

// What becomes of a request's payment, as the timeline says it.
const (
	Paid              = "paid"
	Refunded          = "refunded"
	RefundFailed      = "refund_failed"
	PaymentProcessing = "payment_processing"
	PaymentFailed     = "payment_failed"
	PaymentExpired    = "payment_expired"
	PaymentDisputed   = "payment_disputed"
	DisputeWon        = "dispute_won"
	DisputeLost       = "dispute_lost"
	// PaymentOther is that the provider told of another amount than was asked for.
	PaymentOther = "payment_other"
)

const (
	settled = `
update requests set state = 'answered', answered_at = coalesce(answered_at, $3), answer = $4::jsonb, via = 'page', processing_since = null
where company_id = $1 and id = $2`
	processing = `update requests set processing_since = coalesce(processing_since, $3) where company_id = $1 and id = $2`
	goesOn     = `
update requests set processing_since = null where company_id = $1 and id = $2
    and not exists (select from payments where company_id = $1 and request_id = $2 and state = 'processing' and id <> $3)`
)

// Settled notes what became of a payment on the timeline, and tells the staff of each
// event once, by its name. Money that has come
// is an answer, also when the link has expired meanwhile; while it is on its
// way the request is not over.
func (r Request) Settled(ctx context.Context, tx sqlx.ExecerContext, event, word, amount string, at time.Time) error {
	if err := r.move(ctx, tx, word, at); err != nil {
		return err
	}
	if err := r.noticePayment(ctx, tx, event, word, amount, at); err != nil {
		return err
	}
	if word == Paid {
		if err := r.tell(ctx, tx, outboundhooks.PaymentPaid, Answer{Payment: word}, at); err != nil {
			return err
		}
	}
	return r.note(ctx, tx, word, amount, tickets.Customer, at)
}

// move is what the word does to the request itself.
func (r Request) move(ctx context.Context, tx sqlx.ExecerContext, word string, at time.Time) error {
	switch word {
	case Paid, Refunded, RefundFailed:
		if word == RefundFailed {
			word = Paid // the money is here
		}
		raw, err := json.Marshal(Answer{Payment: word})
		if err == nil {
			_, err = r.moved(ctx, tx, settled, r.CompanyID, r.ID, at, string(raw))
		}
		return err
	case PaymentProcessing:
		_, err := r.moved(ctx, tx, processing, r.CompanyID, r.ID, at)
		return err
	}
	return nil
}

// Bounced lets the request wait for an answer again, as the money of a payment
// that was on its way did not come; or ends it when its time ran out meanwhile.
func (r Request) Bounced(ctx context.Context, tx sqlx.ExecerContext, payment string, at time.Time) error {
	waits, err := r.moved(ctx, tx, goesOn, r.CompanyID, r.ID, payment)
	if err == nil && waits && !at.Before(r.ExpiresAt) {
		err = r.End(ctx, tx, Expired, tickets.By{}, at)
	}
	return err
}
