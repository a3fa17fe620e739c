package console

import (
	"regexp"
	"strings"
)

// labels are what the forms call the fields that the history names; the others
// are shown by their codes.
var labels = map[string]string{
	"name": "team.name", "display_name": "team.display_name", "time_zone": "team.time_zone", "language": "team.language", "currency": "team.pays_in",
	"plain_letters": "team.plain", "sms_fallback": "team.fallback", "ring_last_advisor": "team.rla", "create_ticket_for_missed_calls": "team.missed",
	"contact_per_hour": "team.contact_per_hour", "contact_per_day": "team.contact_per_day", "automatic_per_hour": "team.automatic_per_hour",
	"automatic_per_day": "team.automatic_per_day", "allowed_countries": "team.countries", "opt_out_scope": "team.opt_out_scope", "voice.voicemail": "team.voicemail",
	"voice.ring_order": "team.ring_order", "voice.ring_seconds": "team.ring_seconds", "voice.whisper": "team.whisper", "voice.options": "team.tree",
	"voice.greeting.text": "team.prompt_greeting", "voice.menu.text": "team.prompt_menu", "voice.after_hours_prompt.text": "team.prompt_after_hours_prompt",
	"voice.voicemail_prompt.text": "team.prompt_voicemail_prompt", "voice.greeting.recording": "team.prompt_greeting", "voice.menu.recording": "team.prompt_menu",
	"voice.after_hours_prompt.recording": "team.prompt_after_hours_prompt", "voice.voicemail_prompt.recording": "team.prompt_voicemail_prompt",
	"email": "staff.email", "role": "staff.role", "teams": "staff.teams", "phone": "staff.phone",
	"title": "schedules.title", "rrule": "schedules.rule", "starts_at": "schedules.from", "ends_at": "schedules.to", "advisors": "schedules.advisors",
	"business_hours": "schedules.business", "enabled": "schedules.enabled", "message": "automations.message", "extra_message": "automations.extra",
	"include_company_name": "automations.company_name", "include_team_name": "automations.team_name",
	"kind": "senders.kind", "address": "senders.address", "account": "senders.account", "settings.observe": "senders.observe",
	"settings.own_keywords": "senders.own_keywords", "settings.origins": "senders.origins", "settings.color": "senders.color",
	"messages_per_second": "senders.rate", "device": "account.device",
}

// Field is what people call a field of a change; empty: it has its code alone.
func (v *View) Field(code string) string {
	if key := labels[code]; key != "" {
		return v.T(key)
	}
	if option, ok := strings.CutPrefix(code, "options."); ok && v.console.words.Has("option."+option) {
		return v.T("option." + option)
	}
	return ""
}

// hidden are fields that say nothing to a reader.
var hidden = map[string]bool{"id": true, "key": true, "company_id": true, "team_id": true}

var anID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// Value is what a field was or is: yes and no in words, and people and teams by
// their names.
func (p historyPage) Value(v *View, said string) string {
	switch said {
	case "true":
		return v.T("ask.yes")
	case "false":
		return v.T("ask.no")
	case "[]":
		return ""
	}
	return anID.ReplaceAllStringFunc(said, func(id string) string {
		if name := p.Names[id]; name != "" {
			return name
		}
		return id
	})
}
