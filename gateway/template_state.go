package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/gateway/notifications"
	"ringback/settings"
)

// templateTold remembers what the provider tells of a template; nil: it tells of none.
func (g *Gateway) templateTold(ctx context.Context, tx *sqlx.Tx, e events.Event, told *channels.Approval) error {
	if told == nil {
		return nil
	}
	t, said := settings.TemplateOf(*told, e.OccurredAt)
	if !said {
		return nil
	}
	return noteTemplate(ctx, tx, e.CompanyID, e.TeamID, e.SenderID, t)
}

// templateRefused remembers that a message was refused for its template. Whatever else
// it was refused for says nothing of that.
func templateRefused(ctx context.Context, tx *sqlx.Tx, company, team, sender string, template *string, reason channels.Reason, at time.Time) error {
	if template == nil {
		return nil
	}
	var sent channels.Template
	if err := json.Unmarshal([]byte(*template), &sent); err != nil {
		return fmt.Errorf("sender %s: template: %w", sender, err)
	}
	t, held := settings.TemplateRefused(sent, reason, at)
	if !held {
		return nil
	}
	return noteTemplate(ctx, tx, company, team, sender, t)
}

// noteTemplate remembers how a sender's template stands, and tells the admins of one
// that is not sent any more: once, however many messages are refused for it.
func noteTemplate(ctx context.Context, tx *sqlx.Tx, company, team, sender string, t settings.TemplateState) error {
	from, err := settings.FindSender(ctx, tx, company, team, sender)
	if errors.Is(err, settings.ErrNotFound) {
		return nil // it is gone, and its templates with it
	}
	if err != nil {
		return err
	}
	if from.Kind == channels.WhatsAppTwilio {
		t.Language = "" // one of Twilio's is in one language
	}
	held, err := t.Save(ctx, tx, company, from.Templates())
	if err != nil || !held {
		return err
	}
	called := t.Name
	if t.Language != "" {
		called += " (" + t.Language + ")"
	}
	return notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: company, TeamID: team, Kind: notifications.TemplateHeld, At: t.At,
		DedupeKey: strings.Join([]string{from.Templates(), t.Name, t.Language, t.State, strconv.FormatInt(t.At.Unix(), 10)}, "/"),
		About:     notifications.About{Text: called, Word: t.State},
	})
}
