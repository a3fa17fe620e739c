package inbox

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/planned"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// The bounds of what can be planned.
const (
	furthestPlan = 366 * 24 * time.Hour
	mostPlanned  = 20 // on one ticket at a time
)

// checkTime is settings.Invalid for a time at which nothing can go out.
func checkTime(at, now time.Time) error {
	switch {
	case !at.After(now):
		return settings.Refuse("send_at", "send_past")
	case at.Sub(now) > furthestPlan:
		return settings.Refuse("send_at", "send_far")
	}
	return nil
}

// plan writes down what goes out later. Who cannot be written to now is not planned
// for: nobody would look at it again before.
func (d Desk) plan(ctx context.Context, tx *sqlx.Tx, who staff.Principal, team *settings.Snapshot, t tickets.Ticket, w Words) (Said, error) {
	now := d.Clock.Now()
	if err := checkTime(*w.SendAt, now); err != nil {
		return Said{}, err
	}
	if err := t.CheckPlanned(ctx, tx, team); err != nil {
		return Said{}, err
	}
	count, err := planned.Count(ctx, tx, t.CompanyID, t.ID)
	if err == nil && count >= mostPlanned {
		err = settings.NewConflict("send_at", "planned_many", "Count", mostPlanned)
	}
	if err != nil {
		return Said{}, err
	}
	files, err := json.Marshal(append([]string{}, w.Attachments...))
	if err != nil {
		return Said{}, err
	}
	m := planned.Message{
		CompanyID: t.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: t.TeamID, ContactID: t.Person(), TicketID: t.ID,
		StaffID: who.StaffID, Who: who.Who, Text: w.Text, Attachments: files, SendAt: w.SendAt.UTC(),
	}
	return Said{ID: m.ID, Ticket: t.ID, Author: "advisor", Who: m.Who, Text: m.Text, State: planned.Waiting, SendAt: &m.SendAt, At: now}, m.Plan(ctx, tx, now)
}

// CancelPlanned takes back a message that waits for its time. One that has gone out
// or was taken back is a *settings.Conflict.
func (d Desk) CancelPlanned(ctx context.Context, who staff.Principal, team, id string) error {
	if !settings.IsID(id) {
		return settings.ErrNotFound
	}
	found, err := planned.Find(ctx, d.DB, who.CompanyID, team, id)
	if err != nil {
		return err
	}
	return d.onTicket(ctx, who.CompanyID, team, found.TicketID, func(tx *sqlx.Tx, _ tickets.Ticket) error {
		m, err := planned.Find(ctx, tx, who.CompanyID, team, id) // as it is now that the ticket is locked
		if err == nil && m.State != planned.Waiting {
			err = settings.NewConflict("state", "not_planned")
		}
		if err != nil {
			return err
		}
		return m.End(ctx, tx, planned.Canceled, "", "", d.Clock.Now())
	})
}
