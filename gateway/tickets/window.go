package tickets

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/gateway/rules"
	"ringback/settings"
)

// window is where an advisor's own words go: more than 24 hours after the
// customer wrote WhatsApp does not take them, and they go by SMS if that is
// allowed and possible. Else it is a *settings.Conflict.
func (t Ticket) window(ctx context.Context, tx sqlx.QueryerContext, team *settings.Snapshot, line ReplyRoute, at time.Time) (ReplyRoute, error) {
	if !rules.OnWhatsApp(line.Sender.Kind) {
		return line, nil
	}
	r, err := contacts.FindWhatsAppSession(ctx, tx, t.CompanyID, t.TeamID, t.Person(), line.Sender.ID, at)
	if err != nil || !r.Heard.IsZero() && at.Before(r.Heard.Add(rules.Window)) {
		return line, err
	}
	sender, ok := rules.Fallback(team, line.To, r)
	if !ok {
		return line, settings.NewConflict("ticket", string(rules.ReasonWindowClosed))
	}
	return ReplyRoute{Sender: sender, To: rules.Textable(line.To, r)}, nil
}
