package twilio

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// fetchCall serves GET Calls/{sid}.json for the caller's legs.
func (s *Simulator) fetchCall(w http.ResponseWriter, r *http.Request, account string) {
	sid, isJSON := strings.CutSuffix(r.PathValue("file"), ".json")
	c, ok := s.FindCall(sid)
	if !ok || !isJSON || c.plan.account != account {
		writeError(w, 20404, "")
		return
	}
	state := c.State()
	var ended time.Time
	duration := strconv.Itoa(state.Connected)
	if state.Over {
		ended = state.Started.Add(time.Duration(state.Seconds) * time.Second)
	}
	write(w, http.StatusOK, map[string]any{
		"sid": sid, "account_sid": account, "api_version": apiVersion, "direction": c.form.Get("Direction"), "parent_call_sid": nil,
		"from": state.From, "from_formatted": state.From, "to": state.To, "to_formatted": state.To, "status": state.Status,
		"start_time": rfc2822(state.Started), "end_time": rfc2822(ended), "date_created": rfc2822(state.Started),
		"date_updated": rfc2822(ended), "duration": duration, "price": nil, "price_unit": "USD", "answered_by": nil,
		"forwarded_from": nil, "caller_name": nil, "phone_number_sid": nil, "group_sid": nil, "annotation": nil,
		"queue_time": "0", "trunk_sid": nil, "uri": uri(account, "Calls", sid),
		"subresource_uris": map[string]string{"recordings": uri(account, "Calls", sid, "Recordings")},
	})
}
