package notifications

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"ringback/settings"
)

// row is a notice as it stands.
type row struct {
	CompanyID string          `db:"company_id"`
	ID        string          `db:"id"`
	Team      *string         `db:"team_id"`
	Ticket    *string         `db:"ticket_id"`
	Staff     *string         `db:"staff_id"`
	Kind      string          `db:"kind"`
	DedupeKey string          `db:"thing"`
	At        time.Time       `db:"at"`
	Attempts  int             `db:"attempts"`
	Raw       json.RawMessage `db:"about"`
	Assignee  *string         `db:"assignee"`
	Status    *string         `db:"status"`
	About     About           `db:"-"`
}

func (n row) team() string {
	if n.Team == nil {
		return ""
	}
	return *n.Team
}

// Notices stand in real time, also while a demo's clock stands elsewhere: what
// happened is written down where no clock is at hand.
const (
	due = `
select company_id, id, team_id, ticket_id, staff_id, kind, thing, at, attempts, about
from notices where due_at <= now() order by due_at limit $1 for update skip locked`

	ticketOf = `
select d.ticket_id, d.staff_id is not null or exists ( -- or written by the previous version
	select from staff s where s.company_id = d.company_id and s.id = d.contact_id) as ours
from deliveries d where d.company_id = $1 and d.id = $2`
	assigneeOf = `select assignee, status from tickets where company_id = $1 and id = $2`
	spreadDone = `
update notices n set due_at = null, ticket_id = d.ticket
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as d (company, id, ticket) where n.company_id = d.company and n.id = d.id`
	spreadLater = `
update notices set attempts = attempts + 1,
	due_at = case when created_at > now() - interval '1 day' then now() + least(2 ^ least(attempts, 10) * 5, 1800) * interval '1 second' end
where company_id = $1 and id = $2`
)

// add queues a notice for one person. What is held comes due by the gateway's
// clock, and what is not is due at once.
const add = `
insert into notice_sends (company_id, id, notice_id, staff_id, way, device_id, held, due_at, expires_at)
select $1, $2, $3, $4, $5, nullif($6, '')::uuid, $7, at, at + interval '24 hours'
from (select coalesce($8::timestamptz, $9::timestamptz, now()) as at) x
on conflict do nothing`

// atOnce is how many notices share a transaction.
const atOnce = 32

// spread finds out who is to hear of what is due; false: nothing is.
func (b *Notifier) spread(ctx context.Context) (bool, error) {
	tx, err := b.DB.BeginTxx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("notices: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	var all []row
	if err := tx.SelectContext(ctx, &all, due, atOnce); err != nil {
		return false, fmt.Errorf("notices: %w", err)
	}
	r := round{tx, map[string]*settings.Snapshot{}, map[string][]person{}}
	var companies, ids []string
	var tickets []*string
	for i := range all {
		n := &all[i]
		if err := b.reach(ctx, r, n); err != nil {
			_ = tx.Rollback() // those before it are looked at anew, without it
			b.Log.Error("nobody is told of a notice yet", "notice", n.ID, "attempt", n.Attempts+1, "error", err)
			_, err = b.DB.ExecContext(ctx, spreadLater, n.CompanyID, n.ID)
			return err == nil, err
		}
		companies, ids, tickets = append(companies, n.CompanyID), append(ids, n.ID), append(tickets, n.Ticket)
	}
	if len(all) == 0 {
		return false, nil
	}
	if _, err := tx.ExecContext(ctx, spreadDone, pq.StringArray(companies), pq.StringArray(ids), pq.Array(tickets)); err != nil {
		return false, fmt.Errorf("notices: %w", err)
	}
	return true, tx.Commit()
}

func (b *Notifier) reach(ctx context.Context, r round, n *row) error {
	if err := json.Unmarshal(n.Raw, &n.About); err != nil {
		return fmt.Errorf("notice %s: %w", n.ID, err)
	}
	if n.Kind == DeliveryFailed && n.Ticket == nil {
		var ours bool
		if err := ignoreNone(r.QueryRowxContext(ctx, ticketOf, n.CompanyID, n.DedupeKey).Scan(&n.Ticket, &ours)); err != nil {
			return fmt.Errorf("notice %s: %w", n.ID, err)
		}
		if ours { // a text to one of the staff: to tell of it by another one would never end
			return nil
		}
	}
	if n.Ticket != nil {
		if err := ignoreNone(r.QueryRowxContext(ctx, assigneeOf, n.CompanyID, *n.Ticket).Scan(&n.Assignee, &n.Status)); err != nil {
			return fmt.Errorf("notice %s: %w", n.ID, err)
		}
	}
	all, err := b.whom(ctx, r, *n)
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := b.add(ctx, r, *n, t); err != nil {
			return err
		}
	}
	return b.watch(ctx, r, *n)
}

// add queues the notice for one person in one way, on each of their devices.
func (b *Notifier) add(ctx context.Context, r round, n row, t told) error {
	if !b.Offers(t.way) || t.way == Text && t.person.Phone == "" {
		return nil
	}
	targets := []string{""}
	if t.way == Push {
		targets = t.person.Devices
	}
	var held *time.Time
	if !t.at.IsZero() {
		held = &t.at
	}
	for _, device := range targets {
		if _, err := r.ExecContext(ctx, add, n.CompanyID, uuid.Must(uuid.NewV7()).String(), n.ID, t.person.ID, t.way, device,
			held != nil, held, b.Clock.Queue()); err != nil {
			return fmt.Errorf("notice %s: for %s: %w", n.ID, t.person.ID, err)
		}
	}
	return nil
}

func ignoreNone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
