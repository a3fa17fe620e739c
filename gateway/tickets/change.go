package tickets

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// lapse is how long the question whether a ticket is resolved waits before the
// ticket is closed without an answer.
const lapse = 7 * 24 * time.Hour

// Change is what becomes of a ticket.
type Change struct {
	Status   string  // open, done, closed
	Assignee *string // nil: nobody
	Resolved *bool   // of one that is closed; nil: nobody knows
	Silent   bool    // the customer is asked nothing
	// SnoozedUntil is when it comes back into the lists of what is to do; nil: it is there.
	SnoozedUntil *time.Time
	// WaitingSince is, of one that is set back to open, since when its customer waits.
	WaitingSince *time.Time
	By
	At time.Time
}

// Asks reports whether the customer is to be asked something for the new status.
func (c Change) Asks() bool {
	return !c.Silent && (c.Status == StatusDone || c.Status == StatusClosed && c.Resolved != nil && *c.Resolved)
}

const change = `
update tickets set status = $3, assignee = nullif($4, '')::uuid, resolved = $5,
    done_at = case when $3 = 'done' then case when status = 'done' then done_at else $6::timestamptz end end,
    closed_at = case when $3 = 'closed' then case when status = 'closed' then closed_at else $6::timestamptz end end,
    waiting_since = case when $3 <> 'open' then null when status = 'open' then waiting_since when $8 then $6::timestamptz else $9::timestamptz end,
    snoozed_until = case when $3 <> 'closed' then $7::timestamptz end,
    updated_at = clock_timestamp()
where company_id = $1 and id = $2`

// Make carries the change out, writes it on the timeline, and raises what
// follows from it. A customer who opens it again waits for us. A change that changes nothing leaves nothing behind.
func (t Ticket) Make(ctx context.Context, tx sqlx.ExecerContext, c Change) error {
	if c.Status != StatusClosed {
		c.Resolved = nil
	}
	if c.Status == StatusClosed {
		c.SnoozedUntil = nil
	}
	snoozed := !sameTime(c.SnoozedUntil, t.SnoozedUntil)
	if c.Status == t.Status && same(c.Assignee, t.Assignee) && same(c.Resolved, t.Resolved) && !snoozed {
		return nil
	}
	if _, err := tx.ExecContext(ctx, change, t.CompanyID, t.ID, c.Status, value(c.Assignee), c.Resolved, c.At, c.SnoozedUntil, c.Customer, c.WaitingSince); err != nil {
		return fmt.Errorf("ticket %s: change: %w", t.ID, err)
	}
	if snoozed && c.SnoozedUntil != nil {
		if _, err := t.note(ctx, tx, "snoozed", c.SnoozedUntil.UTC().Format(time.RFC3339), c); err != nil {
			return err
		}
	}
	if !same(c.Assignee, t.Assignee) {
		if _, err := t.note(ctx, tx, "assigned", value(c.Assignee), c); err != nil {
			return err
		}
	}
	if c.Status == t.Status {
		return nil
	}
	word := map[string]string{StatusOpen: "reopened", StatusDone: "done", StatusClosed: "closed"}[c.Status]
	id, err := t.note(ctx, tx, word, "", c)
	if err != nil {
		return err
	}
	return t.follow(ctx, tx, c, id)
}

// follow raises what comes of a new status. The name of the event is that of
// the change, so that each time a ticket is done or closed is asked about once.
func (t Ticket) follow(ctx context.Context, tx sqlx.ExecerContext, c Change, id string) error {
	raised := events.InternalEvent{
		CompanyID: t.CompanyID, TeamID: t.TeamID, SenderID: value(t.SenderID), At: c.At,
		Name: "ticket/" + t.ID + "/" + c.Status + "/" + id,
	}
	about := events.Ask{Contact: t.Person(), Ticket: t.ID}
	switch {
	case c.Status == StatusDone:
		about.For = rules.AskResolved
		if c.Asks() {
			raised.Payload = events.TicketChanged{Ask: about, Staff: c.Staff}
			if err := raised.Raise(ctx, tx); err != nil {
				return err
			}
		}
		raised.Name, raised.Due, raised.Payload = raised.Name+"/lapse", c.At.Add(lapse), events.TicketLapse{Ask: about, Staff: c.Staff}
		return raised.Raise(ctx, tx)
	case c.Status == StatusClosed && c.Asks():
		about.For = rules.AskRating
		raised.Payload = events.TicketChanged{Closed: true, Ask: about, Staff: c.Staff}
		return raised.Raise(ctx, tx)
	}
	return nil
}

// Begin writes on the timeline who began to write to a customer, when and on which
// channel: nobody had asked for it.
func (t Ticket) Begin(ctx context.Context, tx sqlx.ExecerContext, by By, channel channels.Kind, at time.Time) error {
	_, err := t.note(ctx, tx, "begun", string(channel), Change{By: by, At: at})
	return err
}

const note = `
insert into ticket_changes (company_id, id, ticket_id, at, change, who, detail, author, staff_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, '')::uuid)`

func (t Ticket) note(ctx context.Context, tx sqlx.ExecerContext, word, detail string, c Change) (string, error) {
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.ExecContext(ctx, note, t.CompanyID, id, t.ID, c.At, word, c.Who, detail, c.Author(), c.Staff); err != nil {
		return "", fmt.Errorf("ticket %s: %s: %w", t.ID, word, err)
	}
	return id, nil
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
