package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
)

// templates are what a WhatsApp business account has, and what is wrong with
// what the team's automations name of it.
type templates struct {
	Items    []channels.Approval `json:"items" nullable:"false"`
	Named    []namedTemplate     `json:"named" nullable:"false" doc:"Templates that automations name, and how each stands there"`
	Problems []templateProblem   `json:"problems" nullable:"false" doc:"Those of them that would not go out"`
}

type namedTemplate struct {
	Automation string `json:"automation"`
	Template   string `json:"template"`
	Language   string `json:"language" doc:"As Meta writes it"`
	State      string `json:"state" doc:"Meta's word in small letters (approved, pending, rejected, paused …); missing: there is none of this name; missing_language: not in this language"`
}

type templateProblem struct {
	Automation string `json:"automation"`
	Template   string `json:"template"`
	Detail     string `json:"detail"`
}

func (r routes) listTemplates(ctx context.Context, in *OneOfTeam) (*Answer[templates], error) {
	company := caller(ctx).CompanyID
	team, err := settings.Load(ctx, r.DB, company, in.Team)
	if err != nil {
		return nil, err
	}
	sender, known := team.Sender(in.ID)
	if !known {
		return nil, fmt.Errorf("sender %s: %w", in.ID, settings.ErrNotFound)
	}
	if r.Templates == nil || sender.Kind != channels.WhatsAppCloud || sender.Settings.Business == "" {
		return nil, settings.NewConflict("business_account_id", "no_business_account")
	}
	found, err := r.Templates(ctx, sender)
	var refused *channels.SendError
	if errors.As(err, &refused) {
		return nil, settings.NewConflict("business_account_id", "templates_refused", "Reason", refused.Reason, "Why", refused.Error())
	}
	if err != nil {
		return nil, err
	}
	answer := templates{Items: append([]channels.Approval{}, found...), Named: namedTemplates(team, found), Problems: []templateProblem{}}
	for _, t := range answer.Named {
		if t.State != "approved" {
			answer.Problems = append(answer.Problems, templateProblem{t.Automation, t.Template, t.detail()})
		}
	}
	return Answered(answer, nil)
}

// namedTemplates compares what the automations name with what there is.
func namedTemplates(team *settings.Snapshot, found []channels.Approval) []namedTemplate {
	all := []namedTemplate{}
	for _, d := range automations.All {
		option, _ := team.Automations[d.Key].Options[automations.WhatsAppTemplate].(string)
		named, err := automations.ReadTemplates(option)
		if err != nil {
			continue // it could not have been saved
		}
		for _, t := range named {
			if !t.Twilio() {
				language := cmp.Or(t.Language, "en")
				all = append(all, namedTemplate{d.Key, t.Name, language, stateOf(t.Name, language, found)})
			}
		}
	}
	return all
}

const (
	missingTemplate = "missing"
	missingLanguage = "missing_language"
)

func stateOf(name, language string, found []channels.Approval) string {
	state := missingTemplate
	for _, a := range found {
		switch {
		case a.Name != name:
		case a.Language == language:
			return strings.ToLower(a.Status)
		default:
			state = missingLanguage
		}
	}
	return state
}

func (t namedTemplate) detail() string {
	switch t.State {
	case missingTemplate:
		return "there is no template of this name"
	case missingLanguage:
		return "it does not exist in the language " + t.Language
	}
	return "Meta says that it is " + t.State
}
