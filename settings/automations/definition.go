// Package automations says what the 14 automated messages are and what a team
// may choose about each. It knows nothing of when one is right: that is a rule
// and lives in gateway/rules under the same key.
//
// The hard decision: what a team can choose is data declared here (Option),
// not a column or a struct field per choice, so that the API, the page and the
// check of a saved value are all drawn from one place.
package automations

import (
	"errors"
	"fmt"
	"sort"

	"ringback/settings/fault"
)

// Definition is one automated message, the same for every team.
type Definition struct {
	Key      string
	Group    string // GroupCalls, GroupTexts or GroupRequests: what sets it off
	Title    string
	Doc      string   // when it goes out, in words for an admin
	Channels []string // sms, whatsapp, webchat: where it can go out
	On       bool     // for a new team
	Page     bool     // its text carries the link of a customer page
	Options  []Option
}

// Option is one thing to choose about an automation beyond its texts.
type Option struct {
	Name    string
	Label   string
	Help    string
	Default any // bool, int or string: its type is the option's type
	Min     int // of an int
	Max     int // of an int; of a string: its length
}

// What sets an automation off, by which pages group them.
const (
	GroupCalls    = "calls"
	GroupTexts    = "texts"
	GroupRequests = "requests"
)

// The names of options that rules read.
const (
	IncludeOpeningTime = "include_opening_time"
	DelaySeconds       = "delay_seconds"
	EarliestHour       = "earliest_hour"
	LatestHour         = "latest_hour"
)

var (
	includeOpeningTime = Option{
		Name: IncludeOpeningTime, Label: "Say when you open again", Default: true,
		Help: "Adds “We open again Monday at 8:00.” unless the text has {{opens_at}}. Off removes it from the text as well.",
	}
	delaySeconds = Option{
		Name: DelaySeconds, Label: "Wait before sending", Default: 0, Min: 0, Max: 300,
		Help: "Seconds to hold the text back; it is dropped when an advisor reaches the customer first.",
	}
	earliest = Option{
		Name: EarliestHour, Label: "Not before", Default: 8, Min: 0, Max: 23,
		Help: "Before this hour it waits, by the clock where the customer's number is, else the team's; not for who wrote or called within half an hour.",
	}
	latest = Option{
		Name: LatestHour, Label: "Not after", Default: 21, Min: 1, Max: 24,
		Help: "From this hour on it waits for the next morning.",
	}
	template = Option{
		Name: WhatsAppTemplate, Label: "WhatsApp template", Default: "", Max: 512,
		Help: "The approved template for customers who last wrote more than 24 hours ago, such as “en_US: issue_resolved | link”: its language, its name, and what fills {{1}}, {{2}}, … in it. Several languages are separated by semicolons.",
	}
)

// Find returns the definition of a key.
func Find(key string) (Definition, bool) {
	for _, d := range All {
		if d.Key == key {
			return d, true
		}
	}
	return Definition{}, false
}

// Setting is what one team chose for one automation.
type Setting struct {
	Key                string         `json:"key"`
	Enabled            bool           `json:"enabled"`
	IncludeCompanyName bool           `json:"include_company_name"`
	IncludeTeamName    bool           `json:"include_team_name"`
	Message            string         `json:"message"` // empty: the default text in the customer's language
	ExtraMessage       string         `json:"extra_message"`
	Options            map[string]any `json:"options"`
}

// Initial is the setting a new team starts with.
func (d Definition) Initial() Setting {
	s := Setting{Key: d.Key, Enabled: d.On, IncludeCompanyName: true, IncludeTeamName: true, Options: map[string]any{}}
	for _, o := range d.Options {
		s.Options[o.Name] = o.Default
	}
	return s
}

// Bool is the value of a yes-or-no option, or its default.
func (s Setting) Bool(name string) bool {
	v, _ := s.option(name).(bool)
	return v
}

// Int is the value of a number option, or its default.
func (s Setting) Int(name string) int {
	switch v := s.option(name).(type) {
	case int:
		return v
	case float64: // as JSON brings it
		return int(v)
	}
	return 0
}

func (s Setting) option(name string) any {
	if v, ok := s.Options[name]; ok {
		return v
	}
	d, _ := Find(s.Key)
	for _, o := range d.Options {
		if o.Name == name {
			return o.Default
		}
	}
	return nil
}

// CheckOptions returns what is wrong with the options; a fault's field is the
// option's name.
func (d Definition) CheckOptions(options map[string]any) []fault.Fault {
	var wrong []fault.Fault
	for name, value := range options {
		if o, ok := d.optionNamed(name); !ok {
			wrong = append(wrong, fault.New(name, "no_option", "Key", d.Key, "List", d.optionNames()))
		} else if err := o.check(value); err != nil {
			wrong = append(wrong, *err)
		}
	}
	return wrong
}

// Has reports whether the automation has the option.
func (d Definition) Has(name string) bool {
	_, ok := d.optionNamed(name)
	return ok
}

// Kind is what an option's value is: bool, int or string.
func (o Option) Kind() string { return fmt.Sprintf("%T", o.Default) }

func (d Definition) optionNamed(name string) (Option, bool) {
	for _, o := range d.Options {
		if o.Name == name {
			return o, true
		}
	}
	return Option{}, false
}

func (d Definition) optionNames() []string {
	names := make([]string, 0, len(d.Options))
	for _, o := range d.Options {
		names = append(names, o.Name)
	}
	sort.Strings(names)
	return names
}

func (o Option) check(value any) *fault.Fault {
	refuse := func(code string, pairs ...any) *fault.Fault {
		f := fault.New(o.Name, code, pairs...)
		return &f
	}
	switch o.Default.(type) {
	case bool:
		if _, ok := value.(bool); !ok {
			return refuse("not_boolean")
		}
	case int:
		n, ok := value.(float64)
		if i, isInt := value.(int); isInt {
			n, ok = float64(i), true
		}
		if !ok || n != float64(int(n)) || int(n) < o.Min || int(n) > o.Max {
			return refuse("range", "From", o.Min, "To", o.Max)
		}
	case string:
		s, ok := value.(string)
		if !ok || len(s) > o.Max {
			return refuse("too_long", "Count", o.Max)
		}
		if o.Name == WhatsAppTemplate {
			var wrong fault.Fault
			if _, err := ReadTemplates(s); errors.As(err, &wrong) {
				return &wrong
			}
		}
	}
	return nil
}
