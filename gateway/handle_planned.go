package gateway

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/notifications"
	"ringback/gateway/planned"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// sayPlanned says what an advisor wrote for this time, as if they said it now: what
// would be refused now is refused, and its reason stands on the timeline. Who planned
// it is told.
func (g *Gateway) sayPlanned(ctx context.Context, tx *sqlx.Tx, e events.Event, of events.MessagePlanned) ([]Change, error) {
	t, err := tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, of.Ticket)
	if errors.Is(err, settings.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m, err := planned.Find(ctx, tx, e.CompanyID, e.TeamID, of.Message)
	if errors.Is(err, settings.ErrNotFound) || err == nil && m.State != planned.Waiting {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := g.Clock.Now()
	said, err := g.say(ctx, tx, t, m)
	var refused *settings.Conflict
	var invalid settings.Invalid
	switch {
	case err == nil:
		err = m.End(ctx, tx, planned.Sent, "", said.ID, now)
	case errors.As(err, &refused):
		err = g.refusePlanned(ctx, tx, m, refused.Code)
	case errors.As(err, &invalid) && len(invalid) > 0: // a file that is gone
		err = g.refusePlanned(ctx, tx, m, invalid[0].Code)
	}
	return []Change{{Kind: "ticket", CompanyID: t.CompanyID, TeamID: t.TeamID, ID: t.ID}}, err
}

func (g *Gateway) say(ctx context.Context, tx *sqlx.Tx, t tickets.Ticket, m planned.Message) (tickets.Said, error) {
	files, err := m.Files()
	if err != nil {
		return tickets.Said{}, err
	}
	if err := media.Check(ctx, tx, m.CompanyID, m.TeamID, "attachments", files); err != nil {
		return tickets.Said{}, err
	}
	team, err := settings.Load(ctx, tx, m.CompanyID, m.TeamID)
	if err != nil {
		return tickets.Said{}, err
	}
	if err := t.CheckPlanned(ctx, tx, team); err != nil {
		return tickets.Said{}, err
	}
	return t.Say(ctx, tx, team, tickets.Said{Text: m.Text, Files: files, Who: m.Who, Staff: m.StaffID, At: g.Clock.Now()}, g.Clock.Queue())
}

func (g *Gateway) refusePlanned(ctx context.Context, tx *sqlx.Tx, m planned.Message, reason string) error {
	now := g.Clock.Now()
	if err := m.End(ctx, tx, planned.Refused, reason, "", now); err != nil || m.StaffID == "" {
		return err
	}
	return notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: m.CompanyID, TeamID: m.TeamID, TicketID: m.TicketID, StaffID: m.StaffID, Kind: notifications.DeliveryFailed,
		DedupeKey: "planned/" + m.ID, At: now, About: notifications.About{Text: m.Text},
	})
}
