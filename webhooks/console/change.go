package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// labels are what people call the fields that the history names; what is called
// another way of one thing than of the others stands with that thing in front.
var labels = map[string]string{
	"name": "team.name", "display_name": "team.display_name", "time_zone": "team.time_zone", "language": "team.language", "currency": "team.pays_in",
	"plain_letters": "team.plain", "sms_fallback": "team.fallback", "ring_last_advisor": "team.rla", "create_ticket_for_missed_calls": "team.missed",
	"assign_in_turn": "team.in_turn", "open_tickets_per_advisor": "team.most_open",
	"contact_per_hour": "team.contact_per_hour", "contact_per_day": "team.contact_per_day", "automatic_per_hour": "team.automatic_per_hour",
	"automatic_per_day": "team.automatic_per_day", "escalate_after_minutes": "team.escalate", "allowed_countries": "team.countries",
	"opt_out_scope": "team.opt_out_scope", "segment_price": "team.segment_price", "second_factor": "staff.factor", "voice.voicemail": "team.voicemail",
	"voice.ring_order": "team.ring_order", "voice.ring_seconds": "team.ring_seconds", "voice.whisper": "team.whisper", "voice.options": "team.tree",
	"voice.greeting.text": "team.prompt_greeting", "voice.menu.text": "team.prompt_menu", "voice.after_hours_prompt.text": "team.prompt_after_hours_prompt",
	"voice.voicemail_prompt.text": "team.prompt_voicemail_prompt", "voice.greeting.recording": "team.prompt_greeting", "voice.menu.recording": "team.prompt_menu",
	"voice.after_hours_prompt.recording": "team.prompt_after_hours_prompt", "voice.voicemail_prompt.recording": "team.prompt_voicemail_prompt",
	"email": "staff.email", "role": "staff.role", "teams": "staff.teams", "phone": "staff.phone", "active": "history.works_here",
	"title": "schedules.title", "rrule": "schedules.repeats", "starts_at": "schedules.from", "ends_at": "schedules.to", "advisors": "schedules.advisors",
	"business_hours": "schedules.business", "enabled": "schedules.enabled", "message": "automations.message", "extra_message": "automations.extra",
	"include_company_name": "automations.company_name", "include_team_name": "automations.team_name",
	"kind": "senders.kind", "address": "senders.address", "account": "senders.account", "paused_at": "senders.paused", "paused_for": "decisions.reason",
	"settings.observe": "senders.observe", "settings.own_keywords": "senders.own_keywords", "settings.origins": "senders.origins", "settings.color": "senders.color",
	"settings.messages_per_second": "senders.rate", "settings.business_account_id": "senders.business", "settings.messaging_service": "senders.service",
	"settings.rcs_agent": "senders.agent", "settings.line_types": "senders.line_types", "settings.call_hours": "senders.call_hours",
	"secret": "hooks.secret", "api_key": "senders.api_key", "api_key_secret": "senders.api_key_secret",
	"from": "schedules.date", "to": "schedules.until", "feed": "holidays.feed", "schedule_order.ids": "history.order", "schedule_order.titles": "history.order", "days": "holidays.title", "text": "replies.text",
	"scopes": "staff.may", "key.team": "staff.key_team", "expires_at": "history.expires", "hook.address": "hooks.url", "kinds": "hooks.kinds", "hook.enabled": "hooks.enabled",
	"blocked": "contacts.blocked", "opted_out": "consent.opted_out", "contact.language": "contact.language", "addresses": "history.addresses", "merged": "history.merged",
	"sign_in.from": "account.from", "password.from": "account.from", "second_factor.from": "account.from", "passkey.from": "account.from",
	"device": "account.device", "passkey": "what.passkey", "provider": "history.provider", "files": "ticket.attach", "erased": "ticket.erased",
	"file": "ticket.file", "why": "decisions.why",
}

// Field is what people call a field of a thing; empty: it has its code alone.
func (v *View) Field(what, name string) string {
	if key := cmp.Or(labels[what+"."+name], labels[name]); key != "" {
		return v.T(key)
	}
	for start, words := range map[string]string{"options.": "option.", "messages.": "automation.", "": "privacy.kind."} {
		if code, ok := strings.CutPrefix(name, start); ok && v.console.words.Has(words+code) {
			return v.T(words + code)
		}
	}
	return ""
}

// hidden are fields that say nothing to a reader.
var hidden = map[string]bool{"id": true, "key": true, "company_id": true, "team_id": true, "sender_id": true, "ids": true, "ranked_at": true}

var anID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// coded are the fields whose values are codes, and where the words for those stand.
var coded = map[string]string{
	"voice.ring_order": "team.ring_", "opt_out_scope": "team.scope_", "role": "role.", "kind": "channel.", "second_factor": "staff.factor_",
	"scopes": "scope.", "kinds": "hook_kind.",
}

// Value is what a field of a thing was or is, as people say it: codes in words, days
// and times by the calendar, and people and teams by their names.
func (p historyPage) Value(v *View, what, name, said string) string {
	var items []any
	if strings.HasPrefix(said, "[") && json.Unmarshal([]byte(said), &items) == nil {
		return p.list(v, name, items)
	}
	return p.named(v.plainly(name, said))
}

// named puts names for the ids of people and teams.
func (p historyPage) named(said string) string {
	return anID.ReplaceAllStringFunc(said, func(id string) string { return cmp.Or(p.Names[id], id) })
}

// list is a field of many values.
func (p historyPage) list(v *View, name string, items []any) string {
	between, said := ", ", []string{}
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			between, said = "; ", append(said, p.several(v, object))
			continue
		}
		said = append(said, p.named(v.plainly(name, fmt.Sprint(item))))
	}
	return strings.Join(said, between)
}

// several is a value that consists of others: days of a calendar, or a choice of the
// menu that callers hear.
func (p historyPage) several(v *View, of map[string]any) string {
	word := func(name string) string { said, _ := of[name].(string); return said }
	if from := word("from"); from != "" {
		days := v.plainly("from", from)
		if to := word("to"); to != from {
			days += " – " + v.plainly("to", to)
		}
		return word("title") + ": " + days
	}
	leads := ""
	switch word("to") {
	case "voicemail":
		leads = v.T("history.to_voicemail")
	case "team":
		leads = v.T("team.another")
		if name := p.Names[word("team")]; name != "" {
			leads = v.T("history.to_team", "Name", name)
		}
	default:
		people, _ := of["advisors"].([]any)
		leads = p.list(v, "advisors", people)
	}
	return strings.TrimSpace(word("digit")+" "+word("label")) + ": " + leads
}

// plainly is one value in words, where there are some.
func (v *View) plainly(name, said string) string {
	if words := coded[name]; words != "" {
		return v.Say(words, said)
	}
	switch {
	case said == "": // it was not
		return ""
	case said == "true":
		return v.T("ask.yes")
	case said == "false":
		return v.T("ask.no")
	case name == "time_zone":
		return v.Zone(said)
	case name == "paused_for": // the provider's code for it
		return v.T("refusal.credentials") + " (" + v.T("senders.paused_code") + ": " + said + ")"
	case name == "language":
		return cmp.Or(v.LanguageName(said), said)
	case name == "rrule":
		return v.repetition(said)
	}
	if slices.Contains(dated, name) {
		return v.dated(said)
	}
	return said
}

// dated are the fields that are days or moments.
var dated = []string{"starts_at", "ends_at", "from", "to", "expires_at", "paused_at"}

// dated is a day, what a clock showed, or a moment, by the calendar.
func (v *View) dated(said string) string {
	if at, err := time.Parse("2006-01-02T15:04", said); err == nil { // as a schedule's clock shows it
		return v.Words.Date(at, v.Now()) + " " + at.Format("15:04")
	}
	if day, err := time.Parse(time.DateOnly, said); err == nil {
		return v.Words.Date(day, v.Now())
	}
	if at, err := time.Parse(time.RFC3339, said); err == nil {
		return v.Words.Moment(v.Local(at), v.Now())
	}
	return said // an address on the network, of a sign-in
}
