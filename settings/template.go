package settings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/settings/automations"
)

// NamedTemplate is a WhatsApp template that an automation names.
type NamedTemplate struct {
	Automation string `json:"automation"`
	Template   string `json:"template"`
	Language   string `json:"language" doc:"As Meta writes it"`
	State      string `json:"state" doc:"Meta's word in small letters (approved, pending, rejected, paused …); missing: there is none of this name; missing_language: not in this language"`
}

// The states of a template that is not there.
const (
	MissingTemplate = "missing"
	MissingLanguage = "missing_language"
)

// ListTemplates asks Meta for the templates of a sender's business, and
// compares them with what the team's automations name. It is a *Conflict when
// no business is named, or Meta refuses. Ask is nil where nobody can be asked.
func ListTemplates(ctx context.Context, db *sqlx.DB, ask func(context.Context, Sender) ([]channels.Approval, error), companyID, teamID, senderID string) ([]channels.Approval, []NamedTemplate, error) {
	team, err := Load(ctx, db, companyID, teamID)
	if err != nil {
		return nil, nil, err
	}
	sender, known := team.Sender(senderID)
	if !known {
		return nil, nil, fmt.Errorf("sender %s: %w", senderID, ErrNotFound)
	}
	if ask == nil || sender.Kind != channels.WhatsAppCloud || sender.Settings.Business == "" {
		return nil, nil, NewConflict("business_account_id", "no_business_account")
	}
	found, err := ask(ctx, sender)
	var refused *channels.SendError
	if errors.As(err, &refused) {
		return nil, nil, NewConflict("business_account_id", "templates_refused", "Reason", refused.Reason, "Why", refused.Error())
	}
	if err != nil {
		return nil, nil, err
	}
	return append([]channels.Approval{}, found...), namedTemplates(team, found), nil
}

// namedTemplates compares what the automations name with what there is.
func namedTemplates(team *Snapshot, found []channels.Approval) []NamedTemplate {
	all := []NamedTemplate{}
	for _, d := range automations.All {
		option, _ := team.Automations[d.Key].Options[automations.WhatsAppTemplate].(string)
		named, err := automations.ReadTemplates(option)
		if err != nil {
			continue // it could not have been saved
		}
		for _, t := range named {
			if !t.Twilio() {
				language := cmp.Or(t.Language, "en")
				all = append(all, NamedTemplate{d.Key, t.Name, language, templateState(t.Name, language, found)})
			}
		}
	}
	return all
}

func templateState(name, language string, found []channels.Approval) string {
	state := MissingTemplate
	for _, a := range found {
		switch {
		case a.Name != name:
		case a.Language == language:
			return strings.ToLower(a.Status)
		default:
			state = MissingLanguage
		}
	}
	return state
}
