package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/fault"
)

// Template is an approved template of WhatsApp's with what fills it. It is written
// as an object, or as its name alone.
type Template struct {
	Name     string   `json:"name"`
	Language string   `json:"language,omitempty"`
	Values   []string `json:"values,omitempty"`
}

// The bounds of what fills a template.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
const (
	maxTemplateValues = 20
	maxTemplateText   = 1024
)

// UnmarshalJSON takes both ways of writing it.
func (t *Template) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &t.Name)
	}
	type plain Template
	return json.Unmarshal(raw, (*plain)(t))
}

// check is settings.Invalid for a template that there cannot be.
func (t Template) check() error {
	var wrong settings.Invalid
	var f fault.Fault
	if err := (automations.Template{Name: t.Name, Language: t.Language}).Check(); errors.As(err, &f) {
		f.Field = "template"
		wrong = append(wrong, f)
	}
	length := 0
	for _, value := range t.Values {
		length += utf8.RuneCountInString(value)
	}
	wrong.Add(len(t.Values) > maxTemplateValues, "template.values", "too_many", "Count", maxTemplateValues)
	wrong.Add(length > maxTemplateText, "template.values", "too_long", "Count", maxTemplateText)
	return wrong.Err()
}

// templateGoes is a *settings.Conflict for a template that the provider would refuse.
func (d Desk) templateGoes(ctx context.Context, q sqlx.QueryerContext, sender settings.Sender, t channels.Template) error {
	held, err := settings.HeldTemplates(ctx, q, sender)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Name == t.Name && (h.Language == "" || h.Language == t.Language) {
			return settings.NewConflict("template", string(rules.ReasonTemplateHeld), "State", h.State)
		}
	}
	return nil
}

func (t Template) twilio() bool { return automations.Template{Name: t.Name}.Twilio() }

// outgoing is the template as a provider takes it: a value is one line, and never
// empty.
func (t Template) outgoing() *channels.Template {
	out := &channels.Template{Name: t.Name, Language: t.Language}
	if out.Language == "" {
		out.Language = "en"
	}
	for _, value := range t.Values {
		if value = strings.Join(strings.Fields(value), " "); value == "" {
			value = "-"
		}
		out.Values = append(out.Values, value)
	}
	return out
}
