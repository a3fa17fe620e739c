package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/text"
)

func (r routes) automations(api huma.API) {
	const path = "/teams/{team}/automations"
	huma.Register(api, Op("list-automations", http.MethodGet, path, http.StatusOK, "The team's 14 automated messages"), r.listAutomations)
	save := Takes[automationList](api, Op("save-automations", http.MethodPut, path, http.StatusOK, "Save all 14, or none"))
	save.Description = "Needs If-Match with the ETag that GET answered: 428 without it, 412 when somebody saved meanwhile. " +
		"A field that is left out of an automation stays as it is; options that are left out of options go back to their defaults. " +
		"What only GET answers may be sent back and is ignored."
	huma.Register(api, save, r.saveAutomations)
	huma.Register(api, Op("get-automation", http.MethodGet, path+"/{key}", http.StatusOK, "One automated message"), r.getAutomation)
	huma.Register(api, Changes[automation](api,
		Op("change-automation", http.MethodPatch, path+"/{key}", http.StatusOK, "Change one automated message; If-Match is optional")), r.changeAutomation)
	huma.Register(api, Changes[automation](api,
		Op("preview-automation", http.MethodPost, path+"/{key}/preview", http.StatusOK, "What a text would look like and cost, without saving")), r.previewAutomation)
}

// automation is one automated message as the API shows and takes it.
type automation struct {
	Key                string         `json:"key" maxLength:"64"`
	Enabled            bool           `json:"enabled" required:"false"`
	IncludeCompanyName bool           `json:"include_company_name" required:"false"`
	IncludeTeamName    bool           `json:"include_team_name" required:"false"`
	Message            string         `json:"message" required:"false" maxLength:"5000" doc:"Empty: the default message"`
	ExtraMessage       string         `json:"extra_message" required:"false" maxLength:"5000" doc:"Follows the message"`
	Options            map[string]any `json:"options" required:"false"`
	Group              string         `json:"group" readOnly:"true" doc:"calls, texts or requests: what sets it off"`
	Title              string         `json:"title" readOnly:"true"`
	Doc                string         `json:"doc" readOnly:"true" doc:"When it goes out"`
	DefaultMessage     string         `json:"default_message" readOnly:"true" doc:"In the team's language"`
	Channels           []string       `json:"channels" readOnly:"true" nullable:"false" doc:"Where it can go out"`
	Placeholders       []string       `json:"placeholders" readOnly:"true" nullable:"false" doc:"What its text can hold between double braces"`
	Choices            []choice       `json:"choices" readOnly:"true" nullable:"false" doc:"What can stand in options"`
	Preview            string         `json:"preview" readOnly:"true" doc:"The text with sample values"`
}

// choice describes one of the options.
type choice struct {
	Name    string `json:"name"`
	Kind    string `json:"kind" enum:"bool,int,string"`
	Label   string `json:"label"`
	Help    string `json:"help"`
	Default any    `json:"default"`
	Min     int    `json:"min" doc:"Of an int"`
	Max     int    `json:"max" doc:"Of an int; of a string, its length"`
}

func choicesOf(d automations.Definition) []choice {
	choices := []choice{}
	for _, o := range d.Options {
		choices = append(choices, choice{o.Name, o.Kind(), o.Label, o.Help, o.Default, o.Min, o.Max})
	}
	return choices
}

type automationList struct {
	Automations []automation `json:"automations" nullable:"false" maxItems:"100"`
}

func shownAutomation(company string, t settings.Team, s automations.Setting) automation {
	d, _ := automations.Find(s.Key)
	return automation{
		Key: s.Key, Enabled: s.Enabled, IncludeCompanyName: s.IncludeCompanyName, IncludeTeamName: s.IncludeTeamName,
		Message: s.Message, ExtraMessage: s.ExtraMessage, Options: s.Options,
		Group: d.Group, Title: d.Title, Doc: d.Doc, DefaultMessage: text.Default(t.Language, s.Key), Channels: d.Channels,
		Placeholders: settings.Placeholders(d), Choices: choicesOf(d),
		Preview: settings.Sample(company, t, s),
	}
}

// tagged is an answer with an ETag.
type tagged[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

func (r routes) listAutomations(ctx context.Context, in *OfTeam) (*tagged[automationList], error) {
	p := caller(ctx)
	snapshot, err := settings.Load(ctx, r.DB, p.CompanyID, in.Team)
	if err != nil {
		return nil, err
	}
	return shownAll(snapshot), nil
}

func shownAll(s *settings.Snapshot) *tagged[automationList] {
	var list automationList
	for _, d := range automations.All {
		list.Automations = append(list.Automations, shownAutomation(s.Company, s.Team, s.Automations[d.Key]))
	}
	return &tagged[automationList]{etag(s.Team), list}
}

// AutomationPath is the path of one automation.
type AutomationPath struct {
	OfTeam
	Key string `path:"key" maxLength:"64"`
}

func (r routes) getAutomation(ctx context.Context, in *AutomationPath) (*tagged[automation], error) {
	snapshot, err := settings.Load(ctx, r.DB, caller(ctx).CompanyID, in.Team)
	if err != nil {
		return nil, err
	}
	s, known := snapshot.Automations[in.Key]
	if !known {
		return nil, settings.ErrNotFound
	}
	return &tagged[automation]{etag(snapshot.Team), shownAutomation(snapshot.Company, snapshot.Team, s)}, nil
}

type changeAutomation struct {
	AutomationPath
	IfMatch []string `header:"If-Match"`
	JSON
}

func (r routes) changeAutomation(ctx context.Context, in *changeAutomation) (*tagged[automation], error) {
	company, err := settings.FindCompany(ctx, r.DB, caller(ctx).CompanyID)
	if err != nil {
		return nil, err
	}
	var s automations.Setting
	t, err := r.edit(ctx, in.Team, func(e *settings.Edit) error {
		if err := matches(in.IfMatch, e.Team); err != nil {
			return err
		}
		stored, err := e.Automation(ctx, in.Key)
		if err != nil {
			return err
		}
		if s, err = read(in.Body, stored); err != nil {
			return err
		}
		if wrong := settings.CheckAutomation("", company.Name, e.Team, s); len(wrong) > 0 {
			return wrong
		}
		return e.SaveAutomations(ctx, []automations.Setting{s})
	})
	if err != nil {
		return nil, err
	}
	return &tagged[automation]{etag(t), shownAutomation(company.Name, t, s)}, nil
}

// read writes what was sent over the stored setting; the key stays.
func read(raw json.RawMessage, stored automations.Setting) (automations.Setting, error) {
	s := stored
	s.Options = maps.Clone(stored.Options)
	err := Merge(raw, &s)
	if err == nil && s.Key != stored.Key {
		err = settings.Refuse("key", "key_of_address", "Key", stored.Key)
	}
	return s, err
}
