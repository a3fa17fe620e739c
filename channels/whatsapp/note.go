package whatsapp

import (
	"encoding/json"
	"strings"

	"ringback/channels"
	"ringback/channels/fit"
)

// ofAccount are the fields under which Meta tells of the number and its account, and of
// nobody who writes, each with what it says by the path of the value; the last word of
// the path names it.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference
var ofAccount = map[word][]string{
	"account_alerts":                      {"alert_info.alert_type", "alert_info.alert_status", "alert_type", "alert_status"},
	"account_review_update":               {"decision"},
	"account_settings_update":             nil,
	"account_update":                      {"event", "ban_info.waba_ban_state", "violation_info.violation_type"},
	"business_capability_update":          {"max_daily_conversation_per_phone", "max_daily_conversations_per_business"},
	"business_status_update":              {"event"},
	"message_template_quality_update":     {"message_template_name", "new_quality_score"},
	templateField:                         {"message_template_name", "event", "reason"},
	"message_template_components_update":  {"message_template_name"},
	"phone_number_name_update":            {"requested_verified_name", "decision", "rejection_reason"},
	"phone_number_quality_update":         {"event", "current_limit", "max_daily_conversations_per_business"},
	"security":                            {"event"},
	"template_category_update":            {"message_template_name", "new_category"},
	"template_correct_category_detection": {"message_template_name", "correct_category"},
}

// others are the further fields that Meta has.
var others = []word{
	"business_username_update", "flows", "group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update",
	"history", "message_echoes", "messaging_handovers", "partner_solutions", "payment_configuration_update", "smb_app_state_sync",
	"smb_message_echoes", "standby", "tracking_events", "user_preferences",
}

// note is what a change that asks for nothing is about.
func (c change) note() *channels.Note {
	paths, own := ofAccount[c.Field]
	n := &channels.Note{Kind: fit.Line(string(c.Field), maxPlain), Own: own}
	if !own {
		n.New = true
		for _, known := range others {
			n.New = n.New && c.Field != known
		}
		return n
	}
	var told struct {
		Value map[string]json.RawMessage `json:"value"`
	}
	_ = lenient(c.raw, &told) // of what is no object nothing is said
	for _, path := range paths {
		if said := fit.Line(string(wordAt(told.Value, path)), maxPlain); said != "" && said != "NONE" {
			if n.Facts == nil {
				n.Facts = map[string]string{}
			}
			n.Facts[path[strings.LastIndexByte(path, '.')+1:]] = said
		}
	}
	return n
}

// wordAt is the word at a path of objects; empty: there is none.
func wordAt(object map[string]json.RawMessage, path string) word {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		var inner map[string]json.RawMessage
		if json.Unmarshal(object[name], &inner) != nil {
			return ""
		}
		return wordAt(inner, rest)
	}
	var said word
	if len(object[name]) == 0 || json.Unmarshal(object[name], &said) != nil {
		return ""
	}
	return said
}
