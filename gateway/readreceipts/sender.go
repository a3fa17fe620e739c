package readreceipts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/periodic"
)

// Config is what a teller stands on.
type Config struct {
	DB       *sqlx.DB
	Clock    *clock.Clock
	Channels []channels.Channel
	Secrets  func(ctx context.Context, kind channels.Kind, account string) ([]string, error)
	Log      *slog.Logger
}

// Sender tells the providers how far the staff have read.
type Sender struct {
	Config
	readers map[channels.Kind]channels.Reader
	chores  periodic.Runner
}

// New returns a teller that stands still until Start.
func New(c Config) *Sender {
	t := &Sender{Config: c, readers: map[channels.Kind]channels.Reader{}}
	for _, channel := range c.Channels {
		if reader, ok := channel.(channels.Reader); ok {
			for _, kind := range channel.Kinds() {
				t.readers[kind] = reader
			}
		}
	}
	return t
}

// poll is how often to look for what is due: nobody waits for a blue tick.
const poll = 2 * time.Second

// Start sets the teller to work until Stop.
func (t *Sender) Start() { t.chores.Start(t.Log, "telling what was read", poll, t.Work) }

// Stop ends the work. What it cuts off is told again, here or elsewhere.
func (t *Sender) Stop() { t.chores.Stop() }

// Work tells what is due, one after the other.
func (t *Sender) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := t.next(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}

// claimed is a mark that is ours to tell until its lease runs out.
type claimed struct {
	CompanyID  string        `db:"company_id"`
	SenderID   string        `db:"sender_id"`
	ContactID  string        `db:"contact_id"`
	Seq        int64         `db:"seq"`
	ProviderID string        `db:"provider_id"`
	Attempts   int           `db:"attempts"` // this one included
	Kind       channels.Kind `db:"kind"`
	Account    string        `db:"account"`
}

// patience bounds one call, and lease is how long nobody else makes it.
const (
	patience = 6 * time.Second
	lease    = 30 * time.Second
	tries    = 5
)

const claim = `
with due as materialized (
	select company_id, sender_id, contact_id from reads where due_at <= coalesce($1::timestamptz, now())
	order by due_at limit 1 for update skip locked
)
update reads r set due_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', attempts = r.attempts + 1
from due left join senders s on s.company_id = due.company_id and s.id = due.sender_id
where r.company_id = due.company_id and r.sender_id = due.sender_id and r.contact_id = due.contact_id
returning r.company_id, r.sender_id, r.contact_id, r.seq, r.provider_id, r.attempts, coalesce(s.kind, '') as kind, coalesce(s.account, '') as account`

// What came of a claim counts only while it is the last one, and nothing newer
// was read meanwhile.
const (
	told = `
update reads set due_at = null, fault = $6
where company_id = $1 and sender_id = $2 and contact_id = $3 and seq = $4 and attempts = $5`
	again = `
update reads set due_at = coalesce($7::timestamptz, now()) + $8::bigint * interval '1 millisecond', fault = $6
where company_id = $1 and sender_id = $2 and contact_id = $3 and seq = $4 and attempts = $5`
)

func (t *Sender) next(ctx context.Context) (bool, error) {
	var c claimed
	err := sqlx.GetContext(ctx, t.DB, &c, claim, t.Clock.Queue(), lease.Milliseconds())
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("claim what was read: %w", err)
	}
	return true, t.settle(ctx, c, t.tell(ctx, c))
}

// tell makes the call; a sender that is gone has nobody to tell.
func (t *Sender) tell(ctx context.Context, c claimed) error {
	reader, ok := t.readers[c.Kind]
	if !ok {
		return nil
	}
	secrets, err := t.Secrets(ctx, c.Kind, c.Account)
	if err != nil {
		return &channels.SendError{Reason: channels.ReasonCredentials, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return reader.MarkRead(ctx, channels.Account{ID: c.Account, Secrets: secrets}, c.ProviderID)
}

// settle ends the matter, or plans the next try: a minute later, then longer. A
// tick that stays gray is no fault that anybody has to see to.
func (t *Sender) settle(ctx context.Context, c claimed, fault error) error {
	place := []any{c.CompanyID, c.SenderID, c.ContactID, c.Seq, c.Attempts}
	var refused *channels.SendError
	var err error
	switch {
	case fault == nil:
		_, err = t.DB.ExecContext(ctx, told, append(place, "")...)
	case ctx.Err() != nil:
		return nil // the lease runs out, and it is told again
	case errors.As(fault, &refused) && refused.Retry == channels.Never && refused.Reason != channels.ReasonCredentials, c.Attempts >= tries:
		t.Log.Warn("the provider does not take it that a message was read", "sender", c.SenderID, "error", fault)
		_, err = t.DB.ExecContext(ctx, told, append(place, fault.Error())...)
	default:
		wait := time.Minute << (c.Attempts - 1)
		_, err = t.DB.ExecContext(ctx, again, append(place, fault.Error(), t.Clock.Queue(), wait.Milliseconds())...)
	}
	if err != nil {
		return fmt.Errorf("what was read: %w", err)
	}
	return nil
}
