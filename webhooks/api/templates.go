package api

import (
	"context"

	"ringback/channels"
	"ringback/settings"
)

// templates are what a WhatsApp business account has, and what is wrong with
// what the team's automations name of it.
type templates struct {
	List[channels.Approval]
	Named    []settings.NamedTemplate `json:"named" nullable:"false" doc:"Templates that automations name, and how each stands there"`
	Problems []templateProblem        `json:"problems" nullable:"false" doc:"Those of them that would not go out"`
}

type templateProblem struct {
	Automation string `json:"automation"`
	Template   string `json:"template"`
	Detail     string `json:"detail"`
}

func (r routes) listTemplates(ctx context.Context, in *OneOfTeam) (*Answer[templates], error) {
	found, named, err := settings.ListTemplates(ctx, r.DB, r.Templates, caller(ctx).CompanyID, in.Team, in.ID)
	if err != nil {
		return nil, err
	}
	answer := templates{List: List[channels.Approval]{Items: found}, Named: named, Problems: []templateProblem{}}
	for _, t := range named {
		if t.State != "approved" {
			answer.Problems = append(answer.Problems, templateProblem{t.Automation, t.Template, templateDetail(t)})
		}
	}
	return Answered(answer, nil)
}

func templateDetail(t settings.NamedTemplate) string {
	switch t.State {
	case settings.MissingTemplate:
		return "there is no template of this name"
	case settings.MissingLanguage:
		return "it does not exist in the language " + t.Language
	}
	return "Meta says that it is " + t.State
}
