package console

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// fact is one line of what a decision rests on.
type fact struct{ Key, Value string }

// told are the facts that have words, in the order of importance; the rest is
// in the raw facts.
var told = []string{
	"local_time", "hours", "schedule_title", "holiday_title", "next_open", "channel", "template_held", "step", "outcome", "why", "line_type", "stir_verstat",
	"assigned_to", "assigned_why", "on_duty", "at_limit",
	"late_by", "paused_until", "contact_hour", "contact_day", "team_hour", "team_day", "settings_version",
}

// Facts are those that have words.
func (v *View) Facts(raw json.RawMessage) []fact {
	var facts map[string]any
	_ = json.Unmarshal(raw, &facts) // the gateway wrote it; a trial that was not asked yet has none
	var lines []fact
	for _, key := range told {
		switch value := facts[key].(type) {
		case nil:
		case string:
			if value != "" {
				lines = append(lines, fact{key, v.worded(key, value)})
			}
		default:
			lines = append(lines, fact{key, fmt.Sprint(value)})
		}
	}
	return lines
}

// worded is a fact's value as a reader would say it.
func (v *View) worded(key, value string) string {
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return v.Words.Moment(v.Local(at), v.Now())
	}
	switch key {
	case "local_time":
		return v.clock(value)
	case "outcome":
		return v.Say("call.", value)
	case "why": // which word it was by which a caller withheld their number says nothing to a reader
		return v.SayOr("why.", value, v.T("decisions.nobody"))
	case "stir_verstat":
		return v.Say("stir_verstat.", verified(value))
	case "late_by":
		return v.lasted(value)
	}
	return v.Say(key+".", value)
}

// clock is what a clock in the team's zone showed, which the gateway keeps with
// its day in front and its zone behind.
func (v *View) clock(value string) string {
	shown, zone := value, v.Now().Location()
	if end := strings.LastIndexByte(value, ' '); end > 0 {
		shown = value[:end]
	}
	at, err := time.ParseInLocation("Mon 2006-01-02 15:04:05", shown, zone)
	if err != nil {
		return value
	}
	return v.Words.Moment(at, v.Now())
}

// lasted is a length of time; from an hour on, with its minutes.
func (v *View) lasted(value string) string {
	took, err := time.ParseDuration(value)
	if err != nil {
		return value
	}
	if took < time.Hour {
		seconds := took.Seconds()
		return v.Span(&seconds)
	}
	said := v.T("reports.hours", "N", int(took/time.Hour))
	if minutes := int(took % time.Hour / time.Minute); minutes > 0 {
		said += " " + v.T("reports.minutes", "N", minutes)
	}
	return said
}

// verified is what a network says of a caller's number: passed, failed or none.
// Twilio adds how sure it is.
func verified(said string) string {
	switch {
	case strings.HasPrefix(said, "TN-Validation-Passed"):
		return "passed"
	case strings.HasPrefix(said, "TN-Validation-Failed"):
		return "failed"
	case said == "No-TN-Validation":
		return "none"
	}
	return said
}
