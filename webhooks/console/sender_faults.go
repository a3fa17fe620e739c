package console

import (
	"errors"
	"slices"
	"strings"

	"ringback/channels"
	"ringback/settings"
)

// senderFaults says in the reader's language what is wrong, by the names of
// the form's fields.
func (v *View) senderFaults(err error, kind channels.Kind) map[string]string {
	faults, _ := v.Faults(err)
	words := map[string]string{
		"address": v.T("senders.fault_number"), "messages_per_second": v.T("senders.fault_rate"), "account_sid": v.T("senders.fault_sid"),
		"phone_number_id": v.T("senders.fault_id"), "auth_token": v.T("senders.fault_secret"), "access_token": v.T("senders.fault_secret"),
		"api_key": v.T("senders.fault_api_key"), "api_key_secret": v.T("senders.fault_secret"),
		"app_secret": v.T("senders.fault_secret"), "kind": v.T("senders.fault_kind"),
		"business_account_id": v.T("senders.fault_business"), "messaging_service": v.T("senders.fault_service"), "rcs_agent": v.T("senders.fault_agent"),
		"origins": v.T("senders.fault_origins"), "color": v.T("senders.fault_color"),
	}
	if kind == channels.WebChat {
		words["address"] = v.T("senders.fault_key")
	}
	if conflict(err) {
		words["address"], words["account_sid"], words["phone_number_id"] = v.T("senders.fault_taken"), v.T("senders.fault_account"), v.T("senders.fault_account")
	}
	said := map[string]string{}
	for field, detail := range faults {
		account, ofAccount := strings.CutPrefix(field, "account.")
		field = account
		if (ofAccount || field == "business_account_id") && ownWords(err) {
			said[field] = detail
			continue
		}
		if strings.HasPrefix(field, "origins[") {
			field = "origins"
		}
		if said[field] = words[field]; said[field] == "" {
			said[field], said[""] = detail, detail
		}
	}
	return said
}

// ownWords reports whether what is wrong with an account says more than the
// field's words do: the value is well formed, and the account is another matter.
func ownWords(err error) bool {
	var wrong settings.Invalid
	_ = wrong.Take(err) // what is no fault has no words
	var conflict *settings.Conflict
	if errors.As(err, &conflict) {
		wrong = settings.Invalid{conflict.Fault}
	}
	return slices.ContainsFunc(wrong, func(f settings.Fault) bool {
		return slices.Contains([]string{"account_shared", "account_refused", "account_unasked", "masked", "own_token", "business_refused", "business_taken"}, f.Code)
	})
}
