package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/notifications"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// Undo is what sets a ticket back after it was changed: what of it was another before,
// and what the change left.
type Undo struct {
	Ticket string   `json:"ticket" minLength:"36" maxLength:"36"`
	Was    Standing `json:"was"`
	Is     Standing `json:"is"`
}

// Standing is what of a ticket can be set back. What stands the same in both of an
// Undo was not changed.
type Standing struct {
	Status   string     `json:"status,omitempty" enum:"open,done,closed"`
	Ended    *time.Time `json:"ended,omitempty"`    // it is done or closed since then
	Resolved *bool      `json:"resolved,omitempty"` // of one that is closed
	Waiting  *time.Time `json:"waiting,omitempty"`  // the customer waits since then
	Heard    *time.Time `json:"heard,omitempty"`    // when the customer or an advisor was last heard
	Snoozed  *time.Time `json:"snoozed,omitempty"`
	Assignee string     `json:"assignee,omitempty"`
	Labels   []string   `json:"labels,omitempty" maxItems:"50"`
}

// What was done about a ticket.
func (u Undo) What() string {
	switch {
	case u.Is.Status != u.Was.Status:
		return u.Is.Status
	case u.Is.Assignee != u.Was.Assignee:
		return "assigned"
	case u.snoozes() && u.Is.Snoozed == nil:
		return "woken"
	case u.snoozes():
		return "snoozed"
	}
	return "labels"
}

func (u Undo) snoozes() bool { return !sameTime(u.Is.Snoozed, u.Was.Snoozed) }

// Labeled reports whether labels are set back.
func (u Undo) Labeled() bool { return len(u.Was.Labels)+len(u.Is.Labels) > 0 }

// undoOf is what sets the ticket back; nil: nothing was changed, or it would not be as
// before. What the customer is asked cannot be taken back, and a ticket that was not
// open has a timer that ends with its status, or a question that was withdrawn.
func undoOf(before, after Ticket, asked bool) *Undo {
	u := Undo{Ticket: after.ID}
	if before.Status != after.Status {
		if before.Status != tickets.StatusOpen || asked {
			return nil
		}
		u.Was.Status, u.Is.Status = before.Status, after.Status
		u.Was.Waiting = before.WaitingSince
		u.Is.Ended, u.Is.Resolved = ended(after), after.Resolved
	}
	if !sameTime(before.SnoozedUntil, after.SnoozedUntil) {
		u.Was.Snoozed, u.Is.Snoozed = before.SnoozedUntil, after.SnoozedUntil
	}
	if u.hears() {
		u.Is.Heard = &after.ActiveAt
	}
	u.Was.Assignee, u.Is.Assignee = changed(before.Assignee, after.Assignee)
	u.Was.Labels, u.Is.Labels = without(before.Labels, after.Labels), without(after.Labels, before.Labels)
	if u.Is.Status == "" && !u.snoozes() && u.Was.Assignee == u.Is.Assignee && !u.Labeled() {
		return nil
	}
	return &u
}

// hears reports whether a word of the customer's is a change of its own: it ends a
// snooze, and is heard on another ticket or opens this one.
func (u Undo) hears() bool { return u.Was.Status != u.Is.Status || u.snoozes() }

func ended(t Ticket) *time.Time {
	if t.Status == tickets.StatusDone {
		return t.DoneAt
	}
	return t.ClosedAt
}

// changed are two assignees that differ, or two empty ones.
func changed(before, after *string) (was, is string) {
	if before != nil {
		was = *before
	}
	if after != nil {
		is = *after
	}
	if was == is {
		return "", ""
	}
	return was, is
}

// without are the ids of those labels that are not among the others.
func without(all, others []Label) []string {
	var ids []string
	for _, one := range all {
		if !slices.Contains(others, one) {
			ids = append(ids, one.ID)
		}
	}
	return ids
}

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// errSince is a ticket that somebody changed since, which stays as it is.
var errSince = errors.New("the ticket has changed since")

// SetBack sets tickets back that are still as a change left them, one after the other,
// and says how many those were. The others are left alone, and so is one that cannot be
// again what it was: who had it is gone, or the label is.
func (d Desk) SetBack(ctx context.Context, who staff.Principal, team string, all []Undo) (back int, err error) {
	if err := shaped(struct {
		Undo []Undo `json:"undo" minItems:"1" maxItems:"100"`
	}{all}); err != nil {
		return 0, err
	}
	for n, u := range all {
		if err := checkID(fmt.Sprintf("undo[%d].ticket", n), u.Ticket); err != nil {
			return 0, err
		}
	}
	for _, u := range all {
		err := d.setBack(ctx, who, team, u)
		var invalid settings.Invalid
		switch {
		case err == nil:
			back++
		case !errors.Is(err, errSince) && !errors.Is(err, settings.ErrNotFound) && !errors.As(err, &invalid):
			return back, err
		}
	}
	return back, nil
}

func (d Desk) setBack(ctx context.Context, who staff.Principal, team string, u Undo) error {
	return d.onTicket(ctx, who.CompanyID, team, u.Ticket, func(tx *sqlx.Tx, kept tickets.Ticket) error {
		now, err := FindTicket(ctx, tx, who.CompanyID, team, kept.ID)
		if err != nil {
			return err
		}
		if !u.stands(now) {
			return errSince
		}
		at := d.Clock.Now()
		c, err := u.change(kept, at).check(ctx, tx, kept, at)
		if err != nil {
			return err
		}
		c.By, c.At, c.Silent = tickets.By{Who: who.Who, Staff: who.StaffID}, at, true
		if u.Was.Status != u.Is.Status {
			if c.WaitingSince, err = u.waiting(ctx, tx, kept, at); err != nil {
				return err
			}
		}
		if u.Was.Status != u.Is.Status || u.Was.Assignee != u.Is.Assignee {
			if err := notifications.Untouched(ctx, tx, kept.CompanyID, kept.ID, at); err != nil {
				return err
			}
		}
		if err := kept.Make(ctx, tx, c); err != nil || !u.Labeled() {
			return err
		}
		return LabelChange{Add: u.Was.Labels, Remove: u.Is.Labels}.make(ctx, tx, kept)
	})
}

// stands reports whether the ticket is as the change left it, in what was changed.
func (u Undo) stands(now Ticket) bool {
	is := u.Is
	if u.Was.Status != is.Status && (u.Was.Status != tickets.StatusOpen || now.Status != is.Status ||
		!sameTime(ended(now), is.Ended) || !same(now.Resolved, is.Resolved)) {
		return false
	}
	if u.snoozes() && !sameTime(now.SnoozedUntil, is.Snoozed) || u.hears() && !sameTime(&now.ActiveAt, is.Heard) {
		return false
	}
	if u.Was.Assignee != is.Assignee {
		if now.Assignee == nil && is.Assignee != "" || now.Assignee != nil && *now.Assignee != is.Assignee {
			return false
		}
	}
	on := func(id string) bool { return slices.ContainsFunc(now.Labels, func(l Label) bool { return l.ID == id }) }
	return !slices.ContainsFunc(u.Was.Labels, on) && !slices.ContainsFunc(is.Labels, func(id string) bool { return !on(id) })
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// change is what sets the ticket back. A snooze that would have ended by now has.
func (u Undo) change(kept tickets.Ticket, at time.Time) TicketChange {
	c := TicketChange{Status: kept.Status, Assignee: kept.Assignee, SnoozedUntil: kept.SnoozedUntil}
	if u.Was.Status != u.Is.Status {
		c.Status = u.Was.Status
	}
	if u.snoozes() {
		if c.SnoozedUntil = u.Was.Snoozed; c.SnoozedUntil != nil && !c.SnoozedUntil.After(at) {
			c.SnoozedUntil = nil
		}
	}
	if u.Was.Assignee != u.Is.Assignee {
		if c.Assignee = &u.Was.Assignee; u.Was.Assignee == "" {
			c.Assignee = nil
		}
	}
	return c
}

const cameBack = `
select exists (select from tickets where company_id = $1 and team_id = $2 and contact_id = $3 and id <> $4 and opened_at >= $5)`

// waiting is since when the customer of a ticket waits that is opened again. One who
// came back with another one meanwhile is served there.
func (u Undo) waiting(ctx context.Context, q sqlx.QueryerContext, kept tickets.Ticket, at time.Time) (*time.Time, error) {
	var elsewhere bool
	if err := sqlx.GetContext(ctx, q, &elsewhere, cameBack, kept.CompanyID, kept.TeamID, kept.ContactID, kept.ID, u.Is.Ended); err != nil {
		return nil, fmt.Errorf("ticket %s: others since: %w", kept.ID, err)
	}
	since := u.Was.Waiting
	if elsewhere || since != nil && (since.Before(kept.OpenedAt) || since.After(at)) {
		return nil, errSince
	}
	return since, nil
}
