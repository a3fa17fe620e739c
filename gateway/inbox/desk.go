// Package inbox is what people do with what happened: they read tickets and
// decisions, write to customers, ask them for things, hand tickets over, and
// try what would come of an event. Each of those is one method of Desk, which
// the HTTP API and the console both call.
//
// The hard decision: nothing here asks whether somebody may. The doors ask it
// once, by the name of the operation, before they call; so what is one call
// here is one line in the table of scopes, whichever door it comes through.
package inbox

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway"
	"ringback/gateway/contacts"
	"ringback/gateway/drafts"
	"ringback/gateway/health"
	"ringback/gateway/media"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/staff"
	"ringback/settings/transaction"
)

// Desk is what the use cases stand on.
type Desk struct {
	DB        *sqlx.DB
	Clock     *clock.Clock
	Gateway   *gateway.Gateway // tries events, takes them in, and is woken by what is left to do; nil: none of it
	Media     *media.Archive
	Notices   *notifications.Notifier
	Hooks     *outboundhooks.Dispatcher
	Links     requests.Links // of customers' pages
	Drafts    *drafts.Writer // suggests answers; nil: nobody does
	Company   string         // id of the company that owns the environment's account
	Account   string         // the environment's provider account
	Payments  bool           // customers can pay
	PublicURL func() string  // where customers reach us; nil: nowhere
	// Health looks at the server; nil: nobody does.
	Health func(context.Context) []health.Finding

	Counting time.Duration // bounds a look at the traffic; 0: traffic.Patience
}

// onTicket does something to a ticket of the team, or nothing at all, and lets
// the workers and who watches know.
func (d Desk) onTicket(ctx context.Context, company, team, id string, do func(*sqlx.Tx, tickets.Ticket) error) error {
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		kept, err := tickets.Lock(ctx, tx, company, team, id)
		if err != nil {
			return err
		}
		return do(tx, kept)
	})
	if err == nil {
		d.moved(company, team, id)
	}
	return err
}

// goesOut is a *settings.Conflict with the reason when the question to a customer
// that do raises in the transaction would not go out. Where there is no gateway,
// nobody knows.
func (d Desk) goesOut(ctx context.Context, tx *sqlx.Tx, company, team, field string, do func() error) error {
	began := uuid.Must(uuid.NewV7()).String()
	if err := do(); err != nil || d.Gateway == nil {
		return err
	}
	decided, asks, err := d.Gateway.Foresee(ctx, tx, company, team, began)
	if err == nil && asks && decided.Outcome == rules.Skipped {
		err = settings.NewConflict(field, string(decided.Reason))
	}
	return err
}

// moved wakes the workers and tells who watches that a ticket is another.
func (d Desk) moved(company, team, ticket string) {
	d.wake()
	d.changed(gateway.Change{Kind: "ticket", CompanyID: company, TeamID: team, ID: ticket})
}

func (d Desk) wake() {
	if d.Gateway != nil {
		d.Gateway.Wake()
	}
}

func (d Desk) changed(c gateway.Change) {
	if d.Gateway != nil {
		d.Gateway.Changed(c)
	}
}

func (d Desk) publicURL() string {
	if d.PublicURL == nil {
		return ""
	}
	return d.PublicURL()
}

// actor is who asks, as the gateway's records name them.
func (d Desk) actor(who staff.Principal, team string) contacts.Actor {
	return contacts.Actor{CompanyID: who.CompanyID, TeamID: team, Who: who.Who, StaffID: who.StaffID, Reach: who.Teams, At: d.Clock.Now()}
}

// IDOr sorts a filter: our id, or what the world calls the thing. A + that was
// not escaped arrives as a space.
func IDOr(filter string) (id, name string) {
	if settings.IsID(filter) {
		return filter, ""
	}
	if len(filter) > 0 && filter[0] == ' ' {
		filter = "+" + filter[1:]
	}
	return "", filter
}

// shaped refuses what breaks the bounds in the tags of its fields. The API has
// refused it before; a form has not.
func shaped(v any) error { return settings.Invalid(fault.Shape(v)).Err() }

// checkID refuses a value that is no id; empty is none.
func checkID(field, id string) error {
	if id != "" && !settings.IsID(id) {
		return settings.Refuse(field, "not_id", "What", strconv.Quote(id))
	}
	return nil
}
