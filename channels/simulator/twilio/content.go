package twilio

import "net/http"

// approval is how WhatsApp stands to a content template.
type approval struct{ status, reason string }

// refusedContent are the codes with which a message fails whose template does not go
// out, by how WhatsApp stands to it.
var refusedContent = map[string]int{"rejected": 63040, "paused": 63041, "disabled": 63042}

// Content sets how WhatsApp stands to a content template, by its HX… id: approved as
// all are to begin with, paused, disabled, or rejected for a reason. Twilio tells
// nobody; whoever asks, or sends it, finds out.
func (s *Simulator) Content(sid, status, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contents[sid] = approval{status, reason}
}

// fetchApproval serves GET /v1/Content/{sid}/ApprovalRequests.
func (s *Simulator) fetchApproval(w http.ResponseWriter, r *http.Request, _ string) {
	account, _, _ := r.BasicAuth()
	sid := r.PathValue("sid")
	s.mu.Lock()
	defer s.mu.Unlock()
	stands, set := s.contents[sid]
	if !set {
		stands.status = "approved"
	}
	write(w, http.StatusOK, map[string]any{
		"sid": sid, "account_sid": account, "url": "https://content.twilio.com/v1/Content/" + sid + "/ApprovalRequests",
		"whatsapp": map[string]any{
			"type": "whatsapp", "name": "simulated", "category": "UTILITY", "content_type": "twilio/text",
			"status": stands.status, "rejection_reason": stands.reason, "allow_category_change": true,
		},
	})
}
