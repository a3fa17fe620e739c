package twilio

import "net/http"

// lookUp serves GET /v2/PhoneNumbers/{number} of Lookup: without the field that is
// asked for it tells whether the number is one.
func (s *Simulator) lookUp(w http.ResponseWriter, r *http.Request, _ string) {
	number := r.PathValue("number")
	if !e164.MatchString(number) {
		writeError(w, 20404, "")
		return
	}
	answer := map[string]any{"phone_number": number, "valid": true, "line_type_intelligence": nil}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Query().Get("Fields") == "line_type_intelligence" {
		s.lookups = append(s.lookups, number)
		kind, known := s.lines[number]
		if !known {
			kind = "mobile"
		}
		answer["line_type_intelligence"] = map[string]any{"error_code": nil, "carrier_name": "Simulated", "type": kind}
	}
	write(w, http.StatusOK, answer)
}

// Line says what line a customer's number is; else it is mobile.
func (s *Simulator) Line(number, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines == nil {
		s.lines = map[string]string{}
	}
	s.lines[number] = kind
}

// Lookups are the numbers that were looked up, in order: each costs money.
func (s *Simulator) Lookups() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lookups...)
}
