// Package description brings teams to what a file says of them: what differs is
// planned and shown, and then changed by the same use cases as over the API, in the
// name of whoever asks.
//
// The hard decision: a plan is not computed beside the use cases, it is the change
// itself, made in a transaction that is rolled back. So what the plan finds wrong is
// what would be refused, and nothing is changed anywhere before every team of the
// file has passed.
package description

import (
	"fmt"
	"strings"

	"ringback/settings"
	"ringback/settings/automations"
)

// document is what a file may say, by the names of the API's fields.
type document struct {
	Company *company `json:"company"`
	Teams   []team   `json:"teams"`
}

type company struct {
	Holidays []settings.Holiday `json:"holidays"`
	Prune    prune              `json:"prune"`
}

// team is found by its name. What is left out of it stays as it is.
type team struct {
	settings.Team
	Automations map[string]message  `json:"automations"`
	Schedules   []settings.Schedule `json:"schedules"` // by title
	Senders     []sender            `json:"senders"`   // by kind and address
	Holidays    []settings.Holiday  `json:"holidays"`  // by title and first day
	Prune       prune               `json:"prune"`
}

// prune says of which kinds goes what the file does not name.
type prune struct {
	Schedules bool `json:"schedules"`
	Senders   bool `json:"senders"`
	Holidays  bool `json:"holidays"`
}

// message is an automation but for its key, under which it stands.
type message struct {
	Enabled            bool           `json:"enabled"`
	IncludeCompanyName bool           `json:"include_company_name"`
	IncludeTeamName    bool           `json:"include_team_name"`
	Message            string         `json:"message"`
	ExtraMessage       string         `json:"extra_message"`
	Options            map[string]any `json:"options"`
}

// sender is one without its secrets: those are named by the variables of the
// environment that hold them, or are here already.
type sender struct {
	Kind              string   `json:"kind"`
	Address           string   `json:"address"`
	MessagesPerSecond float64  `json:"messages_per_second"`
	OwnKeywords       bool     `json:"own_keywords"`
	Business          string   `json:"business_account_id,omitempty"`
	Observe           bool     `json:"observe"`
	Origins           []string `json:"origins,omitempty"`
	Color             string   `json:"color,omitempty"`
	CallHours         bool     `json:"call_hours,omitempty"`
	LineTypes         bool     `json:"line_types,omitempty"`
	Service           string   `json:"messaging_service,omitempty"`
	Agent             string   `json:"rcs_agent,omitempty"`
	Account           string   `json:"account,omitempty"` // at Twilio its SID, at Meta the phone number id; empty: the server's own
	AuthTokenEnv      string   `json:"auth_token_env,omitempty"`
	AccessTokenEnv    string   `json:"access_token_env,omitempty"`
	AppSecretEnv      string   `json:"app_secret_env,omitempty"`
	APIKey            string   `json:"api_key,omitempty"` // what Twilio is called with in place of the token; said and empty: it is taken away
	APIKeySecretEnv   string   `json:"api_key_secret_env,omitempty"`
}

// onto writes what is said over an automation.
func (m message) onto(s automations.Setting) automations.Setting {
	s.Enabled, s.IncludeCompanyName, s.IncludeTeamName = m.Enabled, m.IncludeCompanyName, m.IncludeTeamName
	s.Message, s.ExtraMessage, s.Options = m.Message, m.ExtraMessage, m.Options
	return s
}

func messageOf(s automations.Setting) message {
	return message{s.Enabled, s.IncludeCompanyName, s.IncludeTeamName, s.Message, s.ExtraMessage, s.Options}
}

// Wrong is everything that is wrong with a file.
type Wrong []Fault

// Fault is one thing that is wrong, and where.
type Fault struct {
	File  string
	Line  int // 0: of the whole file
	Field string
	settings.Fault
	Words string // of what is wrong with the file itself; empty: those of the fault's code
}

func (w Wrong) Error() string {
	words := make([]string, len(w))
	for n, f := range w {
		words[n] = fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Field, f.Code)
	}
	return strings.Join(words, "\n")
}
