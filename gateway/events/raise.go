package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// InternalEvent is an event that the gateway tells itself: what an advisor or a
// customer's page did, or a timer. It takes the same road as what providers
// tell, so that it is decided about once, whatever crashes.
type InternalEvent struct {
	CompanyID, TeamID string
	SenderID          string // the sender it is about; empty: none
	Kind              channels.EventKind
	Name              string // of this event for ever: raised again, it changes nothing
	At                time.Time
	Due               time.Time // zero: at once
	Ask               Subject
}

// Subject is what a raised event is about.
type Subject struct {
	Contact string    `json:"contact,omitempty"`
	Ticket  string    `json:"ticket,omitempty"`
	Kind    string    `json:"kind,omitempty"`    // what the customer is asked for
	Request string    `json:"request,omitempty"` // its id, when there is one already
	Link    string    `json:"link,omitempty"`    // of the customer's page
	Message string    `json:"message,omitempty"` // an advisor's own words
	Staff   string    `json:"staff,omitempty"`   // the id of who did it, if one of the staff
	Beside  bool      `json:"beside,omitempty"`  // of a ticket that was created: the customer had one open already
	Held    *Deferred `json:"held,omitempty"`    // of one that was put off: what it was
}

// Deferred is the event whose decision waits.
type Deferred struct {
	Kind channels.EventKind `json:"kind"`
	Name string             `json:"name"`
}

// own is the payload of a raised event. Its one field is none of a provider's
// event, whose reader may look at it first.
type own struct {
	Ask Subject `json:"ask"`
}

// What is due at once is so by every clock: a demo's may be ahead or behind.
const raise = `
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
values ($1, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, least($7, now())), $9::jsonb)
on conflict (company_id, sender_id, provider_id) do nothing`

// Raise writes the event into the queue.
func (r InternalEvent) Raise(ctx context.Context, tx sqlx.ExecerContext) error {
	payload, err := json.Marshal(own{r.Ask})
	if err != nil {
		return fmt.Errorf("raise %s: %w", r.Name, err)
	}
	if r.SenderID == "" {
		r.SenderID = r.TeamID // the column wants one, and what is raised is told apart by its name
	}
	id := uuid.Must(uuid.NewV7()).String()
	var due any
	if !r.Due.IsZero() {
		due = r.Due
	}
	if _, err := tx.ExecContext(ctx, raise, r.CompanyID, id, r.TeamID, r.SenderID, string(r.Kind), r.Name, r.At, due, string(payload)); err != nil {
		return fmt.Errorf("raise %s: %w", r.Name, err)
	}
	return nil
}

// Subject is what a raised event is about.
func (e Event) Subject() (Subject, error) {
	var o own
	if err := json.Unmarshal(e.Payload, &o); err != nil {
		return Subject{}, fmt.Errorf("event %s: payload: %w", e.ID, err)
	}
	return o.Ask, nil
}
