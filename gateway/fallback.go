package gateway

import (
	"context"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/gsm7"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
)

// elsewhere reports whether a refusal means that another channel may still
// reach the person.
func elsewhere(kind channels.Kind, reason channels.Reason) bool {
	switch reason {
	case channels.ReasonWindowClosed, channels.ReasonNotOnChannel, channels.ReasonTemplatePaused, channels.ReasonTemplateRejected, channels.ReasonTemplateDisabled:
		return rules.OnWhatsApp(kind)
	}
	return false
}

// fallBack sends by SMS what WhatsApp has refused for good, once, when the team
// allows it, the person has a number for it and did not opt out. It goes by the
// delivery alone: what was decided was decided.
func (g *Gateway) fallBack(ctx context.Context, tx *sqlx.Tx, m deliveries.Moved, reason channels.Reason) ([]Change, error) {
	if !elsewhere(m.Kind, reason) {
		return nil, nil
	}
	open, err := deliveries.MayFallBack(ctx, tx, m, g.Clock.Queue())
	if err != nil || !open {
		return nil, err
	}
	team, err := settings.Load(ctx, tx, m.CompanyID, m.TeamID)
	if err != nil {
		return nil, err
	}
	r, err := contacts.FindWhatsAppSession(ctx, tx, m.CompanyID, m.TeamID, m.ContactID, m.SenderID, g.Clock.Now())
	if err != nil {
		return nil, err
	}
	from, ok := rules.Fallback(team, m.To, r)
	if !ok {
		return nil, nil
	}
	text := m.Text
	if team.Team.PlainLetters {
		text = gsm7.Plain(text)
	}
	out := deliveries.Outgoing{
		ID: uuid.Must(uuid.NewV7()).String(), SenderID: from.ID, Kind: from.Kind, Account: from.Account, From: from.Address,
		To: rules.Textable(m.To, r), Text: text,
	}
	if err := deliveries.FallBack(ctx, tx, m, out, g.Clock.Queue()); err != nil {
		return nil, err
	}
	if err := requests.WentElsewhere(ctx, tx, m.CompanyID, m.ID, from.Kind); err != nil {
		return nil, err
	}
	g.Log.Info("a WhatsApp message goes by SMS", "delivery", m.ID, "reason", reason)
	return []Change{{Kind: "delivery", CompanyID: m.CompanyID, TeamID: m.TeamID, ID: out.ID}}, nil
}
