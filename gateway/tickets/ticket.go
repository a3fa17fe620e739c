package tickets

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Ticket is a ticket as it stands.
type Ticket struct {
	CompanyID string     `db:"company_id"`
	ID        string     `db:"id"`
	TeamID    string     `db:"team_id"`
	ContactID string     `db:"contact_id"`
	SenderID  *string    `db:"sender_id"`
	Number    int64      `db:"number"`
	Status    string     `db:"status"`
	Assignee  *string    `db:"assignee"`
	Resolved  *bool      `db:"resolved"`
	OpenedAt  time.Time  `db:"opened_at"`
	DoneAt    *time.Time `db:"done_at"`
	ClosedAt  *time.Time `db:"closed_at"`
	UpdatedAt time.Time  `db:"updated_at"`

	SnoozedUntil *time.Time `db:"snoozed_until"`

	// Of a ticket whose customer has proven nothing: who they say they are, and the
	// number they gave. Nil: they are who they are.
	ClaimedID      *string `db:"claimed_id"`
	ClaimedAddress *string `db:"claimed_address"`

	// Of the contact's numbers the one that the ticket was created with; nil: none.
	GivenAddress *string `db:"given_address"`
}

// Person is the contact whom one speaks to on the ticket: its own, or who has the
// number that was given. What reaches a phone is decided and counted as theirs whose
// phone it is.
func (t Ticket) Person() string {
	if t.ClaimedID != nil {
		return *t.ClaimedID
	}
	return t.ContactID
}

// Since is when the ticket became done, or closed; zero: it is neither.
func (t Ticket) Since() time.Time {
	switch {
	case t.Status == StatusDone && t.DoneAt != nil:
		return *t.DoneAt
	case t.Status == StatusClosed && t.ClosedAt != nil:
		return *t.ClosedAt
	}
	return time.Time{}
}

// The statuses of a ticket.
const (
	StatusOpen   = "open"
	StatusDone   = "done"
	StatusClosed = "closed"
)

const columns = `company_id, id, team_id, contact_id, sender_id, number, status, assignee, resolved, opened_at, done_at, closed_at, updated_at, snoozed_until, claimed_id, claimed_address, given_address`

// lockStanding is a statement of its own, so that the ticket is read after
// whoever held the lock before has written.
const lockStanding = `
insert into standings (company_id, team_id, contact_id)
select company_id, team_id, contact_id from tickets where company_id = $1 and team_id = $2 and id = $3
on conflict (company_id, team_id, contact_id) do update set contact_id = excluded.contact_id`

const find = `select ` + columns + ` from tickets where company_id = $1 and team_id = $2 and id = $3 for update`

// Lock returns a ticket of the team. It locks the contact's standing with the
// team first, as handling an event of theirs does, so that what an advisor
// does and what the customer does come one after the other.
func Lock(ctx context.Context, tx sqlx.ExtContext, company, team, id string) (Ticket, error) {
	var t Ticket
	if _, err := tx.ExecContext(ctx, lockStanding, company, team, id); err != nil {
		return t, fmt.Errorf("ticket %s: lock: %w", id, err)
	}
	err := sqlx.GetContext(ctx, tx, &t, find, company, team, id)
	if errors.Is(err, sql.ErrNoRows) {
		return t, fmt.Errorf("ticket %s: %w", id, settings.ErrNotFound)
	}
	if err != nil {
		return t, fmt.Errorf("ticket %s: %w", id, err)
	}
	return t, nil
}

const openThen = `
select coalesce((select id::text from tickets
    where company_id = $1 and team_id = $2 and contact_id = $3 and opened_at <= $4 and (status <> 'closed' or closed_at > $4)
    order by opened_at desc, number desc limit 1), '')`

// OpenThen is the id of the contact's newest ticket with the team of those that were
// open, or done, at that time; empty: none was. The contact's standing has to be
// locked already.
func OpenThen(ctx context.Context, q sqlx.QueryerContext, company, team, contact string, at time.Time) (string, error) {
	var id string
	if err := sqlx.GetContext(ctx, q, &id, openThen, company, team, contact, at); err != nil {
		return "", fmt.Errorf("contact %s: open ticket: %w", contact, err)
	}
	return id, nil
}

const newestOf = `
select id from tickets where company_id = $1 and team_id = $2 and contact_id = $3
order by (status = 'closed'), case when status = 'closed' then closed_at else opened_at end desc, opened_at desc, number desc limit 1`

// Newest locks the contact's newest ticket with the team, or else the one that was
// closed last; settings.ErrNotFound when there is none.
func Newest(ctx context.Context, tx sqlx.ExtContext, company, team, contact string) (Ticket, error) {
	var id string
	err := sqlx.GetContext(ctx, tx, &id, newestOf, company, team, contact)
	if errors.Is(err, sql.ErrNoRows) {
		err = settings.ErrNotFound
	}
	if err != nil {
		return Ticket{}, fmt.Errorf("contact %s: newest ticket: %w", contact, err)
	}
	return Lock(ctx, tx, company, team, id)
}
