// Package erasures finishes what erasing a customer began: their files go from
// our own store and from where their provider keeps them, and what a provider
// tells of them late goes, too.
//
// The hard decision: what is to be deleted outside of the database is written
// down by the transaction that erases, and done afterwards like any other due
// work. So an erasure neither waits for a provider nor forgets one that was
// away, and what a provider will not delete in the end is noted for people.
package erasures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/contacts"
	"ringback/gateway/media/blob"
	"ringback/gateway/periodic"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
	"ringback/settings"
	"ringback/settings/transaction"
)

// Config is what an eraser works with.
type Config struct {
	DB       *sqlx.DB
	Blobs    blob.Store
	Clock    *clock.Clock
	Channels []channels.Channel
	Accounts settings.Accounts // whose secrets files are deleted with
	Log      *slog.Logger
	Rounds   *rounds.Rounds // hears when its work comes round; may be nil
}

// Eraser deletes the files of people who were erased.
type Eraser struct {
	Config
	providers map[channels.Kind]channels.Eraser
	files     *queue.Queue[file]
	chores    periodic.Runner
}

// file is one that is to be deleted.
type file struct {
	CompanyID string           `db:"company_id"`
	ID        string           `db:"id"`
	Person    string           `db:"person"`
	Name      string           `db:"name"` // in our store; empty: it lies at a provider
	Kind      channels.Kind    `db:"kind"`
	Account   string           `db:"account"`
	Source    *json.RawMessage `db:"source"`
	Attempts  int              `db:"attempts"` // this one included
}

// Deleting at once, and of that for one account at a provider or our own store;
// how long nobody else takes what was claimed; and how often to look for what
// came late.
const (
	deleting = 8
	each     = 4
	lease    = time.Minute
	patience = 30 * time.Second
	sweeping = 10 * time.Minute
)

// New prepares an eraser; Start sets it to work.
func New(c Config) *Eraser {
	e := &Eraser{Config: c, providers: channels.ByKind[channels.Eraser](c.Channels), chores: periodic.Runner{Rounds: c.Rounds}}
	e.files = queue.New(queue.Config[file]{
		Name: "deleting files of the erased", Log: c.Log, Rounds: c.Rounds, Slots: deleting, Each: each, Lease: lease, Poll: 5 * time.Second,
		Claim: e.claim, Renew: e.renew, Work: e.erase, Panicked: e.failed,
		Key: func(f file) string { return string(f.Kind) + " " + f.Account },
	})
	return e
}

// Start sets the eraser to work until Stop.
func (e *Eraser) Start() {
	e.files.Start()
	e.chores.Start(e.Log, "erasing what came late", sweeping, e.Late)
}

// Stop ends the work. What it cuts off is done again, here or elsewhere.
func (e *Eraser) Stop() {
	e.files.Stop()
	e.chores.Stop()
}

// Work deletes what is due, one after the other.
func (e *Eraser) Work(ctx context.Context) error { return e.files.Drain(ctx) }

// Late erases what providers told of people after they were erased.
func (e *Eraser) Late(ctx context.Context) error {
	for ctx.Err() == nil {
		tx, err := e.DB.BeginTxx(ctx, nil)
		if err != nil {
			return err
		}
		found, err := contacts.EraseLate(ctx, tx, e.Clock.Queue())
		if err != nil || !found {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

const (
	claim = `
with busy as materialized (
	select key, used from unnest($4::text[], $5::bigint[]) as b (key, used)
), due as materialized (
	select company_id, id from erased_files f
	where due_at <= coalesce($1::timestamptz, now())
		and not exists (select from busy where key = f.kind || ' ' || f.account and used >= $6::bigint)
	order by due_at limit $3::bigint for update skip locked
)
update erased_files f set due_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', attempts = f.attempts + 1
from due where f.company_id = due.company_id and f.id = due.id
returning f.company_id, f.id, f.person, f.name, f.kind, f.account, f.source, f.attempts`

	renew = `
update erased_files set due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and attempts = $3 and coalesce(due_at, '-infinity') > '-infinity'`

	erased = `delete from erased_files where company_id = $1 and id = $2`

	again = `
update erased_files set error = $4, due_at = coalesce($5::timestamptz, now()) + $6::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and attempts = $3 and coalesce(due_at, '-infinity') > '-infinity'`

	giveUp = `
update erased_files set error = $4, due_at = null where company_id = $1 and id = $2 and attempts = $3 and coalesce(due_at, '-infinity') > '-infinity'`
)

func (e *Eraser) claim(ctx context.Context, room queue.Room) ([]file, error) {
	var due []file
	if err := sqlx.SelectContext(ctx, e.DB, &due, claim, e.Clock.Queue(), lease.Milliseconds(), room.Free, room.Keys, room.Used, room.Each); err != nil {
		return nil, fmt.Errorf("claim files of the erased: %w", err)
	}
	return due, nil
}

func (e *Eraser) renew(ctx context.Context, f file) (bool, error) {
	result, err := e.DB.ExecContext(ctx, renew, f.CompanyID, f.ID, f.Attempts, e.Clock.Queue(), lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("erased file %s: renew: %w", f.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (e *Eraser) erase(ctx context.Context, f file, _ *queue.Lease) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := e.delete(limited, f)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err() // the lease runs out, and it is done again
	case err != nil:
		return e.failed(ctx, f, err)
	}
	if _, err := e.DB.ExecContext(ctx, erased, f.CompanyID, f.ID); err != nil {
		return fmt.Errorf("erased file %s: %w", f.ID, err)
	}
	return nil
}

// delete deletes one file where it lies. A provider that deletes nothing for us
// has nothing to be asked for.
func (e *Eraser) delete(ctx context.Context, f file) error {
	if f.Name != "" {
		return e.Blobs.Delete(ctx, f.Name)
	}
	provider, ok := e.providers[f.Kind]
	if !ok || f.Source == nil {
		return nil
	}
	var lies channels.Media
	if err := json.Unmarshal(*f.Source, &lies); err != nil {
		return &channels.FetchError{Reason: channels.FetchAddress, Err: err}
	}
	account, err := e.Accounts.Find(ctx, f.Kind, f.Account)
	if err != nil {
		return &channels.FetchError{Reason: channels.FetchCredentials, Err: err}
	}
	return provider.Erase(ctx, account, lies)
}

// A week is how long a file is tried; then somebody has to look.
var waits = queue.Waits{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

const tries = 32

// failed plans the next try, or ends the matter with a line in the company's
// history.
func (e *Eraser) failed(ctx context.Context, f file, fault error) error {
	var told *channels.FetchError
	final := errors.As(fault, &told) && told.Reason.Final()
	e.Log.Warn("a file of somebody who was erased is not deleted yet", "person", f.Person, "attempt", f.Attempts, "error", fault)
	if f.Attempts < tries && !final {
		wait := waits.After(f.Attempts)
		if told != nil {
			wait = max(wait, told.After)
		}
		_, err := e.DB.ExecContext(ctx, again, f.CompanyID, f.ID, f.Attempts, fault.Error(), e.Clock.Queue(), wait.Milliseconds())
		return err
	}
	return transaction.Run(ctx, e.DB, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, giveUp, f.CompanyID, f.ID, f.Attempts, fault.Error()); err != nil {
			return fmt.Errorf("erased file %s: %w", f.ID, err)
		}
		left := map[string]string{"file": f.ID, "kind": string(f.Kind), "account": f.Account, "why": fault.Error()}
		return settings.NoteOfCompany(ctx, tx, f.CompanyID, "Ringback", "erasure_failed", f.Person, nil, left)
	})
}
