package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"ringback/webhooks/api"
)

// message is one of the 14 automated messages as the API answers it.
type message struct {
	Key                string         `json:"key"`
	Group              string         `json:"group"`
	Enabled            bool           `json:"enabled"`
	IncludeCompanyName bool           `json:"include_company_name"`
	IncludeTeamName    bool           `json:"include_team_name"`
	Message            string         `json:"message"`
	ExtraMessage       string         `json:"extra_message"`
	Options            map[string]any `json:"options"`
	Doc                string         `json:"doc"`
	DefaultMessage     string         `json:"default_message"`
	Channels           []string       `json:"channels"`
	Placeholders       []string       `json:"placeholders"`
	Choices            []choice       `json:"choices"`
	Preview            string         `json:"preview"`
}

// choice is an option that the API declares.
type choice struct {
	Name, Kind, Label, Help string
	Min, Max                int
}

// chosen is what can be chosen about one message, as its form writes it: by
// the field's name in the API, "true" being a box that is ticked.
type chosen map[string]string

func (m message) chosen() chosen {
	c := chosen{
		"enabled": fmt.Sprint(m.Enabled), "include_company_name": fmt.Sprint(m.IncludeCompanyName),
		"include_team_name": fmt.Sprint(m.IncludeTeamName), "message": m.Message, "extra_message": m.ExtraMessage,
	}
	for _, o := range m.Choices {
		c["options."+o.Name] = fmt.Sprint(m.Options[o.Name])
	}
	return c
}

// body is the choice as the API takes it. A number that is none goes there as
// it was typed, to be refused.
func (m message) body(c chosen) map[string]any {
	options := map[string]any{}
	for _, o := range m.Choices {
		var value any = c["options."+o.Name]
		switch n, err := strconv.Atoi(c["options."+o.Name]); {
		case o.Kind == "bool":
			value = c["options."+o.Name] == "true"
		case o.Kind == "int" && err == nil:
			value = n
		}
		options[o.Name] = value
	}
	return map[string]any{
		"key": m.Key, "enabled": c["enabled"] == "true", "include_company_name": c["include_company_name"] == "true",
		"include_team_name": c["include_team_name"] == "true", "message": c["message"], "extra_message": c["extra_message"],
		"options": options,
	}
}

// card is one message on the page.
type card struct {
	message
	Chosen chosen            // what stands in its form
	Theirs chosen            // what somebody else saved meanwhile where it stands differently
	Faults map[string]string // by field
	Open   bool
}

// Has reports whether the message can go out there.
func (c card) Has(channel string) bool { return slices.Contains(c.Channels, channel) }

// WantsTemplate reports whether WhatsApp would have to be given up for SMS, or
// altogether, once a customer has been silent for a day.
func (c card) WantsTemplate() bool {
	named, can := c.Chosen["options.whatsapp_template"]
	return can && named == ""
}

// Differs reports whether somebody else saved this field meanwhile, and not as
// it stands here.
func (c card) Differs(field string) bool {
	_, differs := c.Theirs[field]
	return differs
}

// Fields are the names of the card's own fields in the form.
func (c card) Fields() (names string) {
	for _, field := range slices.Sorted(maps.Keys(c.Chosen)) {
		names += c.Key + "." + field + ","
	}
	return names
}

// responses is the page of all 14.
type responses struct {
	Cards     []card
	Tag, Base string // ETag and content of what was loaded, which a save begins from
	MayChange bool
	Unsaved   bool // it came back: what stands in the forms is not saved
	Faulty    bool
	SavedAt   string
	Meanwhile *meanwhile
}

// Groups are what sets messages off, in order.
func (responses) Groups() []string { return []string{"calls", "texts", "requests"} }

// In are the cards of a group.
func (r responses) In(group string) []card {
	return slices.DeleteFunc(slices.Clone(r.Cards), func(c card) bool { return c.Group != group })
}

func (v *View) readResponses() (responses, error) {
	page := responses{MayChange: v.Who.MayCall("save-automations")}
	var list struct{ Automations []message }
	header, err := v.Ask(http.MethodGet, v.In("/automations"), nil, &list, nil)
	if err != nil {
		return page, err
	}
	for _, m := range list.Automations {
		page.Cards = append(page.Cards, card{message: m, Chosen: m.chosen(), Faults: map[string]string{}})
	}
	page.Tag = header.Get("ETag")
	page.Base = page.content()
	return page, nil
}

// content is what is chosen on the page, to be compared with later.
func (r responses) content() string {
	all := map[string]chosen{}
	for _, c := range r.Cards {
		all[c.Key] = c.Chosen
	}
	raw, _ := json.Marshal(all) // it is texts alone
	return string(raw)
}

// automations is what the team says by itself.
func (v *View) automations() error {
	page, err := v.readResponses()
	if err != nil {
		return err
	}
	if saved, err := strconv.ParseInt(v.Query("saved"), 10, 64); err == nil {
		page.SavedAt = v.Local(time.Unix(saved, 0)).Format("15:04")
	}
	return v.Show("automations.html", page)
}

// typed is what stands in a card's form.
func (v *View) typed(c card) chosen {
	fields := chosen{}
	for field, value := range c.Chosen {
		switch typed := v.Form(c.Key + "." + field); {
		case value != "true" && value != "false":
			fields[field] = typed
		default: // a box, which is not sent unless it is ticked
			fields[field] = fmt.Sprint(typed != "")
		}
	}
	return fields
}

// preview is what the customer would get, and what it costs.
type preview struct {
	cost
	Plain cost
	Fault string
	Card  card
}

type cost struct {
	Text, Encoding       string
	Characters, Segments int
}

// previewAutomation shows a message as it stands in the form.
func (v *View) previewAutomation() error {
	page, err := v.readResponses()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(page.Cards, func(c card) bool { return c.Key == v.g.Param("key") })
	if at < 0 {
		return api.NewProblem(http.StatusNotFound, "")
	}
	shown := preview{Card: page.Cards[at]}
	shown.Card.Chosen = v.typed(shown.Card)
	err = v.Send(http.MethodPost, v.In("/automations/"+shown.Card.Key+"/preview"), shown.Card.body(shown.Card.Chosen), &shown)
	if p := (*api.Problem)(nil); errors.As(err, &p) && len(p.Errors) > 0 {
		for _, f := range p.Errors {
			shown.Fault = v.faultOf(shown.Card, f.Field, f)
		}
	} else if err != nil {
		return err
	}
	return v.Part("preview", shown)
}
