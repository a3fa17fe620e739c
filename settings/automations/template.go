package automations

import (
	"regexp"
	"slices"
	"strings"

	"ringback/settings/fault"
	"ringback/settings/text"
)

// WhatsAppTemplate is the option that names an automation's templates.
const WhatsAppTemplate = "whatsapp_template"

// Template is one approved template, for customers of one language.
type Template struct {
	Name     string   // Meta's name, or Twilio's ContentSid
	Language string   // Meta's code, such as en_US; empty: any, and English to Meta
	Values   []string // what fills {{1}}, {{2}}, …: a placeholder's name, or message for the whole text
}

// wholeText is the value that is the message as it would go out in the window.
const wholeText = "message"

var (
	templateName     = regexp.MustCompile(`^[a-z0-9_]{1,128}$`)
	contentSid       = regexp.MustCompile(`^HX[0-9a-fA-F]{32}$`)
	templateLanguage = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)
)

// ReadTemplates reads the option: references separated by semicolons or line
// breaks, each a template's name, in front of it the code of its language, and
// behind it the values of its variables: "en_US: issue_resolved | link; pl:
// sprawa_zamknieta | link". The error says in words what is wrong.
func ReadTemplates(option string) ([]Template, error) {
	var all []Template
	for _, part := range strings.FieldsFunc(option, func(r rune) bool { return r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		t, err := readTemplate(part)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(o Template) bool { return o.Language == t.Language && o.Twilio() == t.Twilio() }) {
			return nil, templateFault("template_twice", "Name", part)
		}
		all = append(all, t)
	}
	return all, nil
}

func readTemplate(part string) (Template, error) {
	var t Template
	reference, values, some := strings.Cut(part, "|")
	if code, name, found := strings.Cut(reference, ":"); found {
		t.Language, reference = strings.TrimSpace(code), name
		if t.Language == "" {
			return t, templateFault("template_language", "Name", t.Language)
		}
	}
	t.Name = strings.TrimSpace(reference)
	if err := t.Check(); err != nil {
		return t, err
	}
	if !some {
		return t, nil
	}
	for value := range strings.SplitSeq(values, ",") {
		value = strings.Trim(strings.TrimSpace(value), "{}")
		if value != wholeText && !slices.Contains(text.Placeholders(), value) {
			return t, templateFault("template_value", "Name", value, "List", text.Placeholders())
		}
		t.Values = append(t.Values, value)
	}
	return t, nil
}

// Check is nil for a template that there can be, by its name and language.
func (t Template) Check() error {
	switch {
	case t.Language != "" && !templateLanguage.MatchString(t.Language):
		return templateFault("template_language", "Name", t.Language)
	case !templateName.MatchString(t.Name) && !contentSid.MatchString(t.Name):
		return templateFault("template_name", "Name", t.Name)
	}
	return nil
}

// Sent is the language that the provider is told: Twilio's templates have none of
// their own.
func (t Template) Sent() string {
	if t.Language == "" {
		return "en"
	}
	return t.Language
}

// Twilio reports whether it is one of Twilio's, not of Meta's.
func (t Template) Twilio() bool { return contentSid.MatchString(t.Name) }

// Template is the setting's template for a customer of that language, of
// Twilio's or of Meta's: one in it, else one for any, else an English one. Those that
// are held count as if they were not there. False: there is none.
func (s Setting) Template(language string, twilio bool, held func(Template) bool) (Template, bool) {
	option, _ := s.option(WhatsAppTemplate).(string)
	all, err := ReadTemplates(option)
	if err != nil {
		return Template{}, false // it was checked when it was saved
	}
	for _, wanted := range []func(Template) bool{
		func(t Template) bool { return t.Language != "" && text.Match(t.Language) == language },
		func(t Template) bool { return t.Language == "" },
		func(t Template) bool { return strings.HasPrefix(t.Language, "en") },
	} {
		if at := slices.IndexFunc(all, func(t Template) bool { return t.Twilio() == twilio && wanted(t) && !held(t) }); at >= 0 {
			return all[at], true
		}
	}
	return Template{}, false
}

// Fill returns the template's values; value says what a placeholder stands for.
// A variable may not be empty at Meta, and is one line without tabs and wide gaps
// (error 132018).
func (t Template) Fill(whole string, value func(name string) string) []string {
	values := make([]string, len(t.Values))
	for i, name := range t.Values {
		if name == wholeText {
			values[i] = whole
		} else {
			values[i] = value(name)
		}
		values[i] = strings.Join(strings.Fields(values[i]), " ")
		if values[i] == "" {
			values[i] = "-"
		}
	}
	return values
}

func templateFault(code string, pairs ...any) error {
	return fault.New(WhatsAppTemplate, code, pairs...)
}
