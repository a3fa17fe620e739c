package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Back is a call that one of the staff makes from a ticket. It is a call of the
// customer's like any other, so that all that knows calls knows it: reports,
// timelines, exports, erasures.
type Back struct {
	CompanyID string     `db:"company_id"`
	ID        string     `db:"id"`
	TeamID    string     `db:"team_id"`
	SenderID  string     `db:"sender_id"`
	ContactID string     `db:"contact_id"`
	TicketID  string     `db:"ticket_id"`
	Customer  string     `db:"caller"` // empty: was erased meanwhile
	Advisor   string     `db:"advisor"`
	Who       string     `db:"who"`
	StartedAt time.Time  `db:"started_at"`
	Outcome   string     `db:"outcome"`
	SettledAt *time.Time `db:"settled_at"` // nil: it goes on

	Journal json.RawMessage `db:"journal"`
}

const backColumns = `company_id, id, team_id, sender_id, coalesce(contact_id::text, '') as contact_id, coalesce(ticket_id::text, '') as ticket_id, caller,
	coalesce(advisor::text, '') as advisor, who, started_at, outcome, settled_at, journal`

// Until the provider has told its own id, the row has ours in its place.
const insertBack = `
insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, outgoing, advisor, who)
values ($1, $2::uuid, 'back/' || $2::uuid, $3, $4, $5, $6, $7, $8, true, $9, $10)`

// Insert writes down that the call is to be made.
func (b Back) Insert(ctx context.Context, tx sqlx.ExecerContext) error {
	if _, err := tx.ExecContext(ctx, insertBack, b.CompanyID, b.ID, b.TeamID, b.SenderID, b.Customer, b.ContactID, b.TicketID, b.StartedAt, b.Advisor, b.Who); err != nil {
		return fmt.Errorf("ticket %s: call back: %w", b.TicketID, err)
	}
	return nil
}

const underWay = `
select ` + backColumns + ` from calls where company_id = $1 and outgoing and settled_at is null and (ticket_id = $2 or advisor = $3)
order by ticket_id <> $2, started_at desc limit 1`

// UnderWay is a call that the staff make on that ticket, or else that this advisor
// makes on another; ErrNone: there is none.
func UnderWay(ctx context.Context, q sqlx.QueryerContext, company, ticket, advisor string) (Back, error) {
	return findBack(ctx, q, ticket, underWay, company, ticket, advisor)
}

const (
	back     = `select ` + backColumns + ` from calls where company_id = $1 and id = $2 and outgoing`
	lockBack = back + ` for update`
)

// FindBack is the call of that id; ErrNone: there is none.
func FindBack(ctx context.Context, q sqlx.QueryerContext, company, id string) (Back, error) {
	return findBack(ctx, q, id, back, company, id)
}

// LockBack is FindBack for who changes it.
func LockBack(ctx context.Context, tx sqlx.QueryerContext, company, id string) (Back, error) {
	return findBack(ctx, tx, id, lockBack, company, id)
}

func findBack(ctx context.Context, q sqlx.QueryerContext, what, query string, args ...any) (Back, error) {
	var b Back
	err := sqlx.GetContext(ctx, q, &b, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNone
	}
	if err != nil {
		return b, fmt.Errorf("call back %s: %w", what, err)
	}
	return b, nil
}

const tellBack = `
update calls set journal = case when $3::jsonb is not null and jsonb_array_length(journal) < 300 then journal || jsonb_build_array($3::jsonb) else journal end,
	sid = case when $4::text = '' or sid not like 'back/%' then sid else $4 end, outcome = $5, waited = greatest(waited, $6), seconds = greatest(seconds, $6),
	ended_at = coalesce(ended_at, $7::timestamptz), settled_at = coalesce(settled_at, $7::timestamptz)
where company_id = $1 and id = $2`

// Progress is what is known of such a call after one more line.
type Progress struct {
	Entry   any    // nil: none
	SID     string // the provider's id of the call; empty: not told
	Outcome string
	Spoke   int // seconds
	EndedAt *time.Time
}

// Tell writes down how the call fares. Its first end stands.
func (b Back) Tell(ctx context.Context, tx sqlx.ExecerContext, p Progress) error {
	var entry any
	if p.Entry != nil {
		raw, err := json.Marshal(p.Entry)
		if err != nil {
			return fmt.Errorf("call back %s: journal: %w", b.ID, err)
		}
		entry = string(raw)
	}
	if _, err := tx.ExecContext(ctx, tellBack, b.CompanyID, b.ID, entry, p.SID, p.Outcome, p.Spoke, p.EndedAt); err != nil {
		return fmt.Errorf("call back %s: %w", b.ID, err)
	}
	return nil
}
