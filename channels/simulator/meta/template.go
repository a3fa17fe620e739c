package meta

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// business is the WhatsApp business account that the number belongs to.
const business = "102290129340398"

// The codes with which a template is refused, by how it stands.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
var refusals = map[string]int{"PAUSED": 132015, "DISABLED": 132016}

// Hold lets a template stand as Meta calls it (PAUSED, DISABLED, REJECTED, APPROVED),
// and tells nobody.
func (m *Simulator) Hold(name, status string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held[name] = status
}

// TellTemplate tells the business, as of that time, how a template in a language
// stands, and returns the HTTP status of the answer.
func (m *Simulator) TellTemplate(ctx context.Context, door, name, language, event string, at time.Time) (int, error) {
	return m.postAll(ctx, door, Object{"id": business, "time": at.Unix(), "changes": []any{Object{
		"field": "message_template_status_update", "value": Object{
			"event": event, "message_template_id": 1689556908129832, "message_template_name": name,
			"message_template_language": language, "reason": "NONE", "message_template_category": "UTILITY",
		},
	}}})
}

// stands is how a template stands.
func (m *Simulator) stands(name string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if status := m.held[name]; status != "" {
		return status
	}
	return "APPROVED"
}

// refusesTemplate answers a message whose template does not go out; false: it does.
func (m *Simulator) refusesTemplate(w http.ResponseWriter, made Message) bool {
	status := m.stands(made.Template)
	if made.Template == "" || status == "APPROVED" {
		return false
	}
	code := refusals[status]
	if code == 0 {
		code = 132001
	}
	refuse(w, http.StatusBadRequest, code, "template is "+strings.ToLower(status))
	return true
}
