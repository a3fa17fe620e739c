package payments

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
)

// Checkouts is the queue of those about which the provider is called on one errand. All
// of them lie at one provider, with one account.
type Checkouts struct {
	Errand Errand
	DB     *sqlx.DB
	Clock  *clock.Clock
	Stripe *stripe.Client // nil: there is nobody to call
	Log    *slog.Logger
	Rounds *rounds.Rounds // hears when its work comes round; may be nil
	Moved  func(Moved)    // told of each request whose payment moved; may be nil

	begin sync.Once
	queue *queue.Queue[checkout]
}

// Errand is what the provider is called for: Asking or Closing.
type Errand struct {
	name    string // of its queue
	due     string // the column that says when; null: it is done
	tries   string // the column that counts how often it was begun
	trouble string // for the log, of a call that failed
	waits   queue.Waits
	do      func(c *Checkouts, ctx context.Context, one checkout) error
}

// lease is how long nobody else calls about what was claimed: longer than a call.
const lease = time.Minute

// givenUpAfter is how long after its end a checkout is called about.
const givenUpAfter = 30 * 24 * time.Hour

// What the queue asks the database, with the errand's columns in it.
const (
	claim = `
with due as materialized (
	select company_id, id from payments where {due} <= coalesce($1::timestamptz, now())
	order by {due} limit $3 for update skip locked
)
update payments p set {due} = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', {tries} = p.{tries} + 1
from due where p.company_id = due.company_id and p.id = due.id
returning p.company_id, p.id, p.checkout, p.state, p.{tries} as tries, p.expires_at`

	renew = `
update payments set {due} = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and {tries} = $3 and coalesce({due}, '-infinity') > '-infinity'`

	// What settled it meanwhile has ended the errand.
	next = `
update payments set {due} = case when $6 then coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond' end
where company_id = $1 and id = $2 and {tries} = $3 and coalesce({due}, '-infinity') > '-infinity'`
)

func (e Errand) sql(query string) string {
	return strings.NewReplacer("{due}", e.due, "{tries}", e.tries).Replace(query)
}

type checkout struct {
	CompanyID string    `db:"company_id"`
	ID        string    `db:"id"` // of the payment
	Checkout  string    `db:"checkout"`
	State     string    `db:"state"`
	Tries     int       `db:"tries"` // this one included
	ExpiresAt time.Time `db:"expires_at"`
}

func (c *Checkouts) work() *queue.Queue[checkout] {
	c.begin.Do(func() {
		c.queue = queue.New(queue.Config[checkout]{
			Name: c.Errand.name, Log: c.Log, Rounds: c.Rounds, Slots: 2, Lease: lease, Claim: c.claim, Renew: c.renew, Panicked: c.later,
			Work: func(ctx context.Context, one checkout, _ *queue.Lease) error { return c.Errand.do(c, ctx, one) },
		})
	})
	return c.queue
}

// Start sets the queue to work until Stop.
func (c *Checkouts) Start() {
	if c.Stripe != nil {
		c.work().Start()
	}
}

// Stop ends the work. What it cuts off is done again, here or elsewhere.
func (c *Checkouts) Stop() { c.work().Stop() }

// Work does what is due, one after the other.
func (c *Checkouts) Work(ctx context.Context) error { return c.work().Drain(ctx) }

func (c *Checkouts) claim(ctx context.Context, room queue.Room) ([]checkout, error) {
	var due []checkout
	if err := sqlx.SelectContext(ctx, c.DB, &due, c.Errand.sql(claim), c.Clock.Queue(), lease.Milliseconds(), room.Free); err != nil {
		return nil, fmt.Errorf("%s: claim: %w", c.Errand.name, err)
	}
	return due, nil
}

func (c *Checkouts) renew(ctx context.Context, one checkout) (bool, error) {
	result, err := c.DB.ExecContext(ctx, c.Errand.sql(renew), one.CompanyID, one.ID, one.Tries, c.Clock.Queue(), lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("payment %s: renew: %w", one.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// later plans the next try.
func (c *Checkouts) later(ctx context.Context, one checkout, fault error) error {
	c.Log.Warn(c.Errand.trouble, "payment", one.ID, "attempt", one.Tries, "error", fault)
	return c.next(ctx, one, c.Errand.waits.After(one.Tries))
}

// next plans when the provider is called about it again; 0: not any more.
func (c *Checkouts) next(ctx context.Context, one checkout, wait time.Duration) error {
	goesOn := wait > 0 && c.Clock.Now().Before(one.ExpiresAt.Add(givenUpAfter))
	if _, err := c.DB.ExecContext(ctx, c.Errand.sql(next), one.CompanyID, one.ID, one.Tries, c.Clock.Queue(), wait.Milliseconds(), goesOn); err != nil {
		return fmt.Errorf("payment %s: %w", one.ID, err)
	}
	return nil
}

// tell lets it be known that a request's ticket has changed.
func (c *Checkouts) tell(m Moved) {
	if c.Moved != nil {
		c.Moved(m)
	}
}
