package inbox

import (
	"context"

	"ringback/settings"
	"ringback/settings/staff"
)

// MaxAtOnce is how many tickets are changed at once at most.
const MaxAtOnce = 100

// ChangedTicket is what became of one of several tickets.
type ChangedTicket struct {
	ID     string
	Ticket Ticket // as it stands now, when nothing is wrong
	Err    error  // why it stays as it was
}

// ChangeTickets is ChangeTicket for each of several, one after the other: what is
// refused for one changes nothing about the others.
func (d Desk) ChangeTickets(ctx context.Context, who staff.Principal, team string, ids []string, change func(before Ticket, c *TicketChange) error) ([]ChangedTicket, error) {
	if err := shaped(struct {
		Tickets []string `json:"tickets" minItems:"1" maxItems:"100"`
	}{ids}); err != nil {
		return nil, err
	}
	all := make([]ChangedTicket, len(ids))
	for n, id := range ids {
		all[n] = ChangedTicket{ID: id, Err: settings.ErrNotFound}
		if settings.IsID(id) {
			all[n].Ticket, all[n].Err = d.ChangeTicket(ctx, who, team, id, change)
		}
		if err := ctx.Err(); err != nil {
			return all[:n], err
		}
	}
	return all, nil
}
