package gateway

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/gsm7"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/settings/text"
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

// without reports whether a refusal means that the same may be taken without its files.
// Where a number takes no files, Twilio says that it cannot be reached from ours.
func without(kind channels.Kind, reason channels.Reason) bool {
	return reason == channels.ReasonFileRefused || kind == channels.SMS && reason == channels.ReasonNotOnChannel
}

// fallBack sends another way what was refused for good, once, when there is one and the
// person did not opt out. It goes by the delivery alone: what was decided was decided.
func (g *Gateway) fallBack(ctx context.Context, tx *sqlx.Tx, m deliveries.Moved, reason channels.Reason) ([]Change, error) {
	if !elsewhere(m.Kind, reason) && !without(m.Kind, reason) {
		return nil, nil
	}
	open, err := deliveries.MayFallBack(ctx, tx, m, g.Clock.Queue())
	if err != nil || !open {
		return nil, err
	}
	refused, err := deliveries.Carried(ctx, tx, m)
	if err != nil {
		return nil, err
	}
	out, found, err := g.otherWay(ctx, tx, m, refused, reason)
	if err != nil || !found {
		return nil, err
	}
	out.ID = uuid.Must(uuid.NewV7()).String()
	if err := deliveries.FallBack(ctx, tx, m, out, g.Clock.Queue()); err != nil {
		return nil, err
	}
	if err := requests.WentElsewhere(ctx, tx, m.CompanyID, m.ID, out.Kind); err != nil {
		return nil, err
	}
	g.Log.Info("a refused message goes another way", "delivery", m.ID, "reason", reason, "kind", out.Kind)
	return []Change{{Kind: "delivery", CompanyID: m.CompanyID, TeamID: m.TeamID, ID: out.ID}}, nil
}

// otherWay is how a message goes that was refused: with links in the place of its files,
// as a template where the provider says that it takes no free text any more, or by SMS.
func (g *Gateway) otherWay(ctx context.Context, tx *sqlx.Tx, m deliveries.Moved, refused deliveries.Outgoing, reason channels.Reason) (deliveries.Outgoing, bool, error) {
	if without(m.Kind, reason) {
		out, fits := g.withLinks(refused)
		return out, fits, nil
	}
	team, err := settings.Load(ctx, tx, m.CompanyID, m.TeamID)
	if err != nil {
		return refused, false, err
	}
	r, err := contacts.FindWhatsAppSession(ctx, tx, m.CompanyID, m.TeamID, m.ContactID, m.SenderID, g.Clock.Now())
	if err != nil {
		return refused, false, err
	}
	if sender, ok := team.Sender(m.SenderID); ok && reason == channels.ReasonWindowClosed && refused.Otherwise != nil {
		if r.Held, err = heldTemplates(ctx, tx, sender); err != nil {
			return refused, false, err
		}
		if !r.Holds(*refused.Otherwise) {
			refused.Template = refused.Otherwise
			return refused, true, nil
		}
	}
	from, ok := rules.Fallback(team, m.To, r)
	if !ok {
		return refused, false, nil
	}
	out := deliveries.Outgoing{
		SenderID: from.ID, Kind: from.Kind, Account: from.Account, From: from.Address, To: rules.Textable(m.To, r), Text: refused.Text, Files: refused.Files,
	}
	if team.Team.PlainLetters {
		out.Text = gsm7.Plain(out.Text)
	}
	if linked, fits := g.withLinks(out); fits { // there is no third way for a file that a text does not take
		return linked, true, nil
	}
	return out, true, nil
}

// withLinks is a message as text alone, with a link to each of its files; false: it has
// none, or would be too long for one text.
func (g *Gateway) withLinks(out deliveries.Outgoing) (deliveries.Outgoing, bool) {
	if len(out.Files) == 0 || len(g.Links.Key) == 0 {
		return out, false
	}
	lines := []string{out.Text}
	for _, id := range out.Files {
		lines = append(lines, requests.Placeholder(g.PublicURL(), id))
	}
	out.Text = strings.TrimSpace(strings.Join(lines, "\n"))
	out.Files, out.AsLinks = nil, true
	return out, utf8.RuneCountInString(out.Text) <= text.MaxLength
}
