package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

// templates are what a WhatsApp business account has, and what is wrong with
// what the team's automations name of it.
type templates struct {
	Items    []channels.Approval `json:"items" nullable:"false"`
	Problems []templateProblem   `json:"problems" nullable:"false" doc:"Templates that automations name and that would not go out"`
}

type templateProblem struct {
	Automation string `json:"automation"`
	Template   string `json:"template"`
	Detail     string `json:"detail"`
}

func (r routes) listTemplates(ctx context.Context, in *OneOfTeam) (*rest.Answer[templates], error) {
	company := staff.From(ctx).CompanyID
	team, err := settings.Load(ctx, r.DB, company, in.Team)
	if err != nil {
		return nil, err
	}
	sender, known := team.Sender(in.ID)
	if !known {
		return nil, fmt.Errorf("sender %s: %w", in.ID, settings.ErrNotFound)
	}
	if r.Templates == nil || sender.Kind != channels.WhatsAppCloud || sender.Settings.Business == "" {
		return nil, &settings.Conflict{Field: "business_account_id", Detail: "has to be set, on a sender of kind whatsapp_cloud, for its templates to be listed"}
	}
	found, err := r.Templates(ctx, sender)
	var refused *channels.SendError
	if errors.As(err, &refused) {
		return nil, &settings.Conflict{Code: string(refused.Reason), Field: "business_account_id", Detail: "Meta did not list the templates: " + refused.Error()}
	}
	if err != nil {
		return nil, err
	}
	return rest.Answered(templates{Items: append([]channels.Approval{}, found...), Problems: templateProblems(team, found)}, nil)
}

// templateProblems compares what the automations name with what there is.
func templateProblems(team *settings.Snapshot, found []channels.Approval) []templateProblem {
	problems := []templateProblem{}
	for _, d := range automations.All {
		option, _ := team.Automations[d.Key].Options[automations.WhatsAppTemplate].(string)
		named, err := automations.ReadTemplates(option)
		if err != nil {
			continue // it could not have been saved
		}
		for _, t := range named {
			if detail := templateProblemOf(t, found); !t.Twilio() && detail != "" {
				problems = append(problems, templateProblem{d.Key, t.Name, detail})
			}
		}
	}
	return problems
}

func templateProblemOf(t automations.Template, found []channels.Approval) string {
	language := t.Language
	if language == "" {
		language = "en"
	}
	if !slices.ContainsFunc(found, func(a channels.Approval) bool { return a.Name == t.Name }) {
		return "there is no template of this name"
	}
	at := slices.IndexFunc(found, func(a channels.Approval) bool { return a.Name == t.Name && a.Language == language })
	switch {
	case at < 0:
		return "it does not exist in the language " + language
	case found[at].Status != "APPROVED":
		return "Meta says that it is " + strings.ToLower(found[at].Status)
	}
	return ""
}
