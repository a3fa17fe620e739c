package payments

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
)

// Asker asks the provider what became of checkouts of which nothing was heard: an
// event that got lost, or that a wrong secret refused, would leave somebody who has
// paid asked to pay again.
type Asker struct {
	DB     *sqlx.DB
	Clock  *clock.Clock
	Stripe *stripe.Client // nil: there is nobody to ask
	Log    *slog.Logger
	Rounds *rounds.Rounds // hears when its work comes round; may be nil
	Moved  func(Moved)    // told of each request whose payment moved

	begin sync.Once
	queue *queue.Queue[asking]
}

// How long is waited for news: of somebody who says that they paid, of a checkout
// after its end, and of a bank that sends the money. After the last nobody asks any more.
const (
	afterReturn = 30 * time.Second
	afterEnd    = 10 * time.Minute
	forBank     = 24 * time.Hour
	askedUntil  = 30 * 24 * time.Hour
)

var askWaits = queue.Waits{2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour}

const (
	claimToAsk = `
with due as materialized (
	select company_id, id from payments where ask_at <= coalesce($1::timestamptz, now())
	order by ask_at limit $3 for update skip locked
)
update payments p set ask_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', asks = p.asks + 1
from due where p.company_id = due.company_id and p.id = due.id
returning p.company_id, p.id, p.checkout, p.state, p.asks, p.expires_at`

	renewAsk = `
update payments set ask_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and asks = $3 and coalesce(ask_at, '-infinity') > '-infinity'`

	// What settled it meanwhile has ended the asking.
	askNext = `
update payments set ask_at = case when $5 then coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond' end
where company_id = $1 and id = $2 and coalesce(ask_at, '-infinity') > '-infinity'`

	askSoon = `
update payments set ask_at = least(ask_at, coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond')
where company_id = $1 and request_id = $2 and checkout <> '' and state in ('open', 'failed')`
)

// Returned has the provider asked soon about a request whose customer says that they
// have paid, unless its event comes first. Queue is the time of the queries that compare
// due times.
func Returned(ctx context.Context, q sqlx.ExecerContext, company, request string, queue clock.Due) error {
	if _, err := q.ExecContext(ctx, askSoon, company, request, queue, afterReturn.Milliseconds()); err != nil {
		return fmt.Errorf("payment of request %s: %w", request, err)
	}
	return nil
}

type asking struct {
	CompanyID string    `db:"company_id"`
	ID        string    `db:"id"`
	Checkout  string    `db:"checkout"`
	State     string    `db:"state"`
	Asks      int       `db:"asks"` // this one included
	ExpiresAt time.Time `db:"expires_at"`
}

func (a *Asker) checkouts() *queue.Queue[asking] {
	a.begin.Do(func() {
		a.queue = queue.New(queue.Config[asking]{
			Name: "asking about checkouts", Log: a.Log, Rounds: a.Rounds, Slots: 2, Lease: lease,
			Claim: a.claim, Renew: a.renew, Work: a.ask, Panicked: a.later,
		})
	})
	return a.queue
}

// Start sets the asker to work until Stop.
func (a *Asker) Start() {
	if a.Stripe != nil {
		a.checkouts().Start()
	}
}

// Stop ends the work. What it cuts off is done again, here or elsewhere.
func (a *Asker) Stop() { a.checkouts().Stop() }

// Work asks about what is due, one after the other.
func (a *Asker) Work(ctx context.Context) error { return a.checkouts().Drain(ctx) }

func (a *Asker) claim(ctx context.Context, room queue.Room) ([]asking, error) {
	var due []asking
	if err := sqlx.SelectContext(ctx, a.DB, &due, claimToAsk, a.Clock.Queue(), lease.Milliseconds(), room.Free); err != nil {
		return nil, fmt.Errorf("claim checkouts to ask about: %w", err)
	}
	return due, nil
}

func (a *Asker) renew(ctx context.Context, one asking) (bool, error) {
	result, err := a.DB.ExecContext(ctx, renewAsk, one.CompanyID, one.ID, one.Asks, a.Clock.Queue(), lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("payment %s: renew: %w", one.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (a *Asker) ask(ctx context.Context, one asking, _ *queue.Lease) error {
	if one.State != stripe.Processing && one.State != stripe.Failed && one.State != open {
		return a.next(ctx, one, 0) // settled by a process of the version before
	}
	now := a.Clock.Now()
	told, err := a.Stripe.Look(ctx, one.Checkout, now)
	switch {
	case errors.Is(err, stripe.ErrUnknown):
		a.Log.Warn("a checkout is not known at the account any more", "payment", one.ID, "error", err)
		return a.next(ctx, one, 0)
	case err != nil && ctx.Err() != nil:
		return ctx.Err() // the lease runs out, and it is done again
	case err != nil:
		return a.later(ctx, one, err)
	}
	moved, changed, err := Settle(ctx, a.DB, told, now, a.Clock.Queue())
	switch {
	case errors.Is(err, ErrOther): // asking again would not help
		a.Log.Error("what became of a payment was set aside", "payment", one.ID, "error", err)
		a.tell(moved)
		return a.next(ctx, one, 0)
	case err != nil:
		return err
	case changed:
		a.tell(moved)
	}
	switch {
	case told.What == stripe.Processing:
		return a.next(ctx, one, forBank)
	case told.What == "" && now.Before(one.ExpiresAt):
		return a.next(ctx, one, one.ExpiresAt.Sub(now)+afterEnd)
	case told.What == "":
		return a.next(ctx, one, askWaits.After(one.Asks))
	}
	return a.next(ctx, one, 0)
}

// tell lets it be known that a request's ticket has changed.
func (a *Asker) tell(m Moved) {
	if a.Moved != nil {
		a.Moved(m)
	}
}

// later plans the next try.
func (a *Asker) later(ctx context.Context, one asking, fault error) error {
	a.Log.Warn("what became of a checkout is not known", "payment", one.ID, "attempt", one.Asks, "error", fault)
	return a.next(ctx, one, askWaits.After(one.Asks))
}

// next plans when it is asked about again; 0: not any more.
func (a *Asker) next(ctx context.Context, one asking, wait time.Duration) error {
	goesOn := wait > 0 && a.Clock.Now().Before(one.ExpiresAt.Add(askedUntil))
	if _, err := a.DB.ExecContext(ctx, askNext, one.CompanyID, one.ID, a.Clock.Queue(), wait.Milliseconds(), goesOn); err != nil {
		return fmt.Errorf("payment %s: %w", one.ID, err)
	}
	return nil
}
