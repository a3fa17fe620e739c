package whatsapp

import (
	"strings"

	"ringback/channels"
	"ringback/channels/fit"
)

// templateField is the field under which Meta tells how a template stands.
const templateField = "message_template_status_update"

// template is how one of the business's templates stands from now on; nil: the change
// says nothing of that.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update
func (c change) template() *channels.Approval {
	if c.Field != templateField {
		return nil
	}
	var told struct {
		Value struct {
			Event    word `json:"event"`
			Name     word `json:"message_template_name"`
			Language word `json:"message_template_language"`
			Reason   word `json:"reason"`
			Other    struct {
				Title       word `json:"title"`
				Description word `json:"description"`
			} `json:"other_info"`
			Rejected struct {
				Reason word `json:"reason"`
			} `json:"rejection_info"`
		} `json:"value"`
	}
	if lenient(c.raw, &told) != nil {
		return nil
	}
	v := told.Value
	a := channels.Approval{
		Name: fit.Line(string(v.Name), maxPlain), Language: fit.Line(strings.ReplaceAll(string(v.Language), "-", "_"), 16),
		Status: fit.Line(strings.ToUpper(string(v.Event)), 32),
	}
	if a.Status == "LOCKED" || a.Status == "UNLOCKED" { // it cannot be edited, and why says whether it is sent
		a.Status = pauses[v.Other.Title]
	}
	if a.Name == "" || a.Status == "" {
		return nil
	}
	for _, why := range []word{v.Rejected.Reason, v.Other.Description, v.Reason} {
		if a.Reason = fit.Line(string(why), maxPlain); a.Reason != "" && a.Reason != "NONE" {
			break
		}
		a.Reason = ""
	}
	return &a
}

// pauses are what the titles of a lock stand for.
var pauses = map[word]string{
	"FIRST_PAUSE": "PAUSED", "SECOND_PAUSE": "PAUSED", "RATE_LIMITING_PAUSE": "PAUSED", "DISABLED": "DISABLED", "UNPAUSE": "APPROVED",
}
