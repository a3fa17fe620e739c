package readreceipts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
	"ringback/settings"
)

// Config is what a sender stands on.
type Config struct {
	DB       *sqlx.DB
	Clock    *clock.Clock
	Channels []channels.Channel
	Accounts settings.Accounts // whose secrets the providers are told with
	Log      *slog.Logger
	Rounds   *rounds.Rounds // hears when its work comes round; may be nil
}

// Sender tells the providers how far the staff have read.
type Sender struct {
	Config
	readers map[channels.Kind]channels.Reader
	marks   *queue.Queue[claimed]
}

// New returns a sender that stands still until Start.
func New(c Config) *Sender {
	t := &Sender{Config: c, readers: map[channels.Kind]channels.Reader{}}
	for _, channel := range c.Channels {
		if reader, ok := channel.(channels.Reader); ok {
			for _, kind := range channel.Kinds() {
				t.readers[kind] = reader
			}
		}
	}
	t.marks = queue.New(queue.Config[claimed]{
		Name: "telling what was read", Log: c.Log, Rounds: c.Rounds, Slots: telling, Each: each, Poll: poll, Lease: lease,
		Claim: t.claim, Renew: t.renew, Panicked: t.settle,
		Key: func(c claimed) string { return string(c.Kind) + " " + c.Account },
		Work: func(ctx context.Context, c claimed, _ *queue.Lease) error {
			return t.settle(ctx, c, t.tell(ctx, c))
		},
	})
	return t
}

// poll is how often to look for what is due: nobody waits for a blue tick.
// telling is how many calls are made at once, and each how many of them to one
// account at the provider.
const (
	poll    = 2 * time.Second
	telling = 8
	each    = 2
)

// Start sets the sender to work until Stop.
func (t *Sender) Start() { t.marks.Start() }

// Stop ends the work. What it cuts off is told again, here or elsewhere.
func (t *Sender) Stop() { t.marks.Stop() }

// Work tells what is due, one after the other.
func (t *Sender) Work(ctx context.Context) error { return t.marks.Drain(ctx) }

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

var waits = queue.Waits{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute}

// claim goes from sender to sender by the index, of which one of each company
// comes in turn, and leaves out those of an account whose slots are taken.
const claim = `
with recursive waiting as (
	(select sender_id from reads where due_at is not null order by sender_id limit 1)
	union all
	select (select sender_id from reads where due_at is not null and sender_id > w.sender_id order by sender_id limit 1)
	from waiting w where w.sender_id is not null
), senders_due as materialized (
	select w.sender_id, coalesce(s.kind, '') as kind, coalesce(s.account, '') as account
	from waiting w left join senders s on s.id = w.sender_id where w.sender_id is not null
), busy as materialized (
	select key, used from unnest($4::text[], $5::bigint[]) as b (key, used)
), first as materialized (
	select d.*, s.kind, s.account, row_number() over (partition by d.company_id order by d.due_at) as turn
	from senders_due s cross join lateral (
		select company_id, sender_id, contact_id, due_at from reads
		where sender_id = s.sender_id and due_at <= coalesce($1::timestamptz, now())
		order by due_at limit least($3::bigint, $6::bigint)) d
	where not exists (select from busy where key = s.kind || ' ' || s.account and used >= $6::bigint)
), room as materialized (
	select f.*, row_number() over (partition by f.kind, f.account order by turn, due_at) + coalesce(busy.used, 0) as slot
	from first f left join busy on busy.key = f.kind || ' ' || f.account
), due as materialized (
	select r.company_id, r.sender_id, r.contact_id, m.kind, m.account from room m
	join reads r on r.company_id = m.company_id and r.sender_id = m.sender_id and r.contact_id = m.contact_id and coalesce(r.due_at, 'infinity') <= coalesce($1::timestamptz, now())
	where m.slot <= $6::bigint
	order by m.turn, m.due_at limit $3::bigint for update of r skip locked
)
update reads r set due_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', attempts = r.attempts + 1
from due where r.company_id = due.company_id and r.sender_id = due.sender_id and r.contact_id = due.contact_id
returning r.company_id, r.sender_id, r.contact_id, r.seq, r.provider_id, r.attempts, due.kind, due.account`

func (t *Sender) claim(ctx context.Context, room queue.Room) ([]claimed, error) {
	var due []claimed
	if err := sqlx.SelectContext(ctx, t.DB, &due, claim, t.Clock.Queue(), lease.Milliseconds(), room.Free, room.Keys, room.Used, room.Each); err != nil {
		return nil, fmt.Errorf("claim what was read: %w", err)
	}
	return due, nil
}

const renew = `
update reads set due_at = coalesce($6::timestamptz, now()) + $7::bigint * interval '1 millisecond'
where company_id = $1 and sender_id = $2 and contact_id = $3 and seq = $4 and attempts = $5 and coalesce(due_at, '-infinity') > '-infinity'`

func (t *Sender) renew(ctx context.Context, c claimed) (bool, error) {
	result, err := t.DB.ExecContext(ctx, renew, c.CompanyID, c.SenderID, c.ContactID, c.Seq, c.Attempts, t.Clock.Queue(), lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("what was read: renew: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

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

// tell makes the call; a sender that is gone has nobody to tell.
func (t *Sender) tell(ctx context.Context, c claimed) error {
	reader, ok := t.readers[c.Kind]
	if !ok {
		return nil
	}
	account, err := t.Accounts.Find(ctx, c.Kind, c.Account)
	if err != nil {
		return &channels.SendError{Reason: channels.ReasonCredentials, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return reader.MarkRead(ctx, account, c.ProviderID)
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
		return ctx.Err() // the lease runs out, and it is told again
	case errors.As(fault, &refused) && refused.Retry == channels.Never && refused.Reason != channels.ReasonCredentials, c.Attempts >= tries:
		t.Log.Warn("the provider does not take it that a message was read", "sender", c.SenderID, "error", fault)
		_, err = t.DB.ExecContext(ctx, told, append(place, fault.Error())...)
	default:
		_, err = t.DB.ExecContext(ctx, again, append(place, fault.Error(), t.Clock.Queue(), waits.After(c.Attempts).Milliseconds())...)
	}
	if err != nil {
		return fmt.Errorf("what was read: %w", err)
	}
	return nil
}
