package inbox

import (
	"context"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// TryEnding says what the customer of a ticket would get if it were done or closed at
// this moment, and why nothing, if so. Nothing is changed or sent.
func (d Desk) TryEnding(ctx context.Context, who staff.Principal, team, ticket, status string) (Tried, error) {
	t, err := FindTicket(ctx, d.DB, who.CompanyID, team, ticket)
	if err != nil {
		return Tried{}, err
	}
	if t.Status == status || t.Status == tickets.StatusClosed || status != tickets.StatusDone && status != tickets.StatusClosed {
		return Tried{}, settings.ErrNotFound
	}
	return d.try(ctx, gateway.Trial{
		CompanyID: who.CompanyID, TeamID: team, At: d.Clock.Now(), Contact: t.Contact, Kinds: []channels.Kind{channels.SMS},
		Ask: &gateway.TrialAsk{Status: status, Ticket: t.ID, Staff: who.StaffID},
	})
}
