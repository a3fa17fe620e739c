package gateway

import (
	"context"
	"errors"
	"time"

	"ringback/channels"
	"ringback/settings"
)

// AskTemplates asks providers once an hour how the templates stand that are held: a
// webhook may not have come, and Twilio sends none. What cannot be asked is tried
// again a day later.
func (g *Gateway) AskTemplates(ctx context.Context) error {
	due, err := settings.DueTemplates(ctx, g.DB, g.Clock.Queue())
	if err != nil {
		return err
	}
	for _, t := range due {
		if err := g.askTemplate(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gateway) askTemplate(ctx context.Context, t settings.TemplateDue) error {
	sender, err := t.Sender(ctx, g.DB)
	if errors.Is(err, settings.ErrNotFound) {
		return t.Forget(ctx, g.DB)
	}
	if err != nil {
		return err
	}
	at := g.Clock.Now().Truncate(time.Second) // as providers count: what they say meanwhile holds against it
	found, told, err := g.templateAt(ctx, sender, t)
	if err != nil {
		g.Log.Warn("a provider could not be asked how a template stands", "sender", sender.ID, "template", t.Name, "error", err)
		var refused *channels.SendError
		if !errors.As(err, &refused) || refused.Retry != channels.Never {
			return nil // it may answer in an hour
		}
		told = false // whom it refuses to tell can ask no more than one who does not know how
	}
	if state, said := settings.TemplateOf(found, at); told && said {
		_, err := state.Save(ctx, g.DB, t.CompanyID, t.Account)
		return err
	}
	if g.Clock.Now().Sub(t.At) > settings.TemplateSilence {
		return t.Forget(ctx, g.DB)
	}
	return nil
}

// templateAt is how a template stands at its provider; false: it cannot be told.
func (g *Gateway) templateAt(ctx context.Context, s settings.Sender, t settings.TemplateDue) (channels.Approval, bool, error) {
	checker, ok := g.byKind[s.Kind].(channels.TemplateChecker)
	if !ok {
		return channels.Approval{}, false, nil
	}
	account, err := g.account(ctx, s.Kind, s.Account)
	if err != nil {
		return channels.Approval{}, false, err
	}
	calling, cancel := context.WithTimeout(ctx, call)
	defer cancel()
	found, told, err := checker.Template(calling, account, s.Settings.Business, t.Name, t.Language)
	found.Name, found.Language = t.Name, t.Language
	return found, told, err
}
