package twilio

import (
	"fmt"
	"net/http"
	"slices"
)

// service is a Messaging Service: numbers that send and are answered as one.
type service struct {
	resource map[string]any
	numbers  []string
	agent    string // its RCS sender; empty: none
	campaign string // how its A2P 10DLC campaign stands; empty: it has none
	refused  string // why, in words, if it was
}

var (
	serviceURLs    = map[string]string{"InboundRequestUrl": "inbound_request_url", "FallbackUrl": "fallback_url", "StatusCallback": "status_callback"}
	serviceMethods = map[string]string{"InboundMethod": "inbound_method", "FallbackMethod": "fallback_method"}
	serviceWords   = map[string]string{"FriendlyName": "friendly_name"}
	serviceFlags   = map[string]string{"UseInboundWebhookOnNumber": "use_inbound_webhook_on_number", "StickySender": "sticky_sender"}
)

// Service opens a Messaging Service with these numbers, as the console makes
// them: what comes in leads nowhere. It returns the service's id.
func (s *Simulator) Service(name string, numbers ...string) string {
	sid := newSID("MG")
	s.open(sid, name, false, numbers)
	return sid
}

// Pool opens a Messaging Service of a given id that leaves it to each of its numbers
// where texts go.
func (s *Simulator) Pool(sid, name string, numbers ...string) { s.open(sid, name, true, numbers) }

func (s *Simulator) open(sid, name string, onNumber bool, numbers []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.services = append(s.services, &service{numbers: numbers, campaign: "VERIFIED", resource: map[string]any{
		"sid": sid, "account_sid": s.config.AccountSID, "friendly_name": name, "inbound_request_url": nil, "inbound_method": "POST",
		"fallback_url": nil, "fallback_method": "POST", "status_callback": nil, "use_inbound_webhook_on_number": onNumber,
		"sticky_sender": true, "url": "https://messaging.twilio.com/v1/Services/" + sid,
	}})
}

// Agent puts an RCS sender into a Messaging Service, which prefers it from then on
// for the phones that do RCS.
func (s *Simulator) Agent(service, agent string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.services {
		if one.resource["sid"] == service {
			one.agent = agent
		}
	}
}

// Campaign sets how a Messaging Service's A2P 10DLC campaign stands, which is VERIFIED
// to begin with; empty: it has none.
func (s *Simulator) Campaign(sid, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.services {
		if one.resource["sid"] == sid {
			one.campaign = status
		}
	}
}

// RefuseCampaign has it refused, for what is said in words.
func (s *Simulator) RefuseCampaign(sid, why string) {
	s.Campaign(sid, "FAILED")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.services {
		if one.resource["sid"] == sid {
			one.refused = why
		}
	}
}

// RCS says whether a customer's phone does RCS.
func (s *Simulator) RCS(number string, does bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handsets == nil {
		s.handsets = map[string]bool{}
	}
	s.handsets[number] = does
}

// OnRCS reports whether a customer's phone does.
func (s *Simulator) OnRCS(number string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.handsets[number]
}

// pick is how a Messaging Service sends to a number: by its RCS sender where the
// phone does RCS, else from the first of its numbers. False: it has neither, or is
// none of the account's. The caller holds s.mu.
func (s *Simulator) pickSender(account, service, to string) (from, there string, ok bool) {
	for _, one := range s.services {
		switch {
		case one.resource["sid"] != service || one.resource["account_sid"] != account:
		case one.agent != "" && s.handsets[to]:
			return rcs + one.agent, rcs + to, true
		case len(one.numbers) > 0:
			return one.numbers[0], to, true
		}
	}
	return "", "", false
}

// listCampaigns serves GET /v1/Services/{sid}/Compliance/Usa2p.
func (s *Simulator) listCampaigns(w http.ResponseWriter, r *http.Request, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.service(r)
	if one == nil {
		writeError(w, 20404, "")
		return
	}
	found := []map[string]any{}
	if one.campaign != "" {
		errors := []map[string]any{}
		if one.campaign == "FAILED" && one.refused != "" {
			errors = append(errors, map[string]any{"error_code": 30896, "description": one.refused, "fields": []string{"MESSAGE_FLOW"}, "url": "https://www.twilio.com/docs/api/errors/30896"})
		}
		found = append(found, map[string]any{"sid": "QE2c6890da8086d771620e9b13fadeba0b", "messaging_service_sid": one.resource["sid"], "campaign_status": one.campaign, "errors": errors})
	}
	write(w, http.StatusOK, map[string]any{"compliance": found, "meta": meta("compliance")})
}

// Verify sets how a toll-free number's verification stands: TWILIO_APPROVED,
// PENDING_REVIEW, TWILIO_REJECTED with a reason. It has none to begin with.
func (s *Simulator) Verify(number, status, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.incoming {
		if one["phone_number"] == number {
			s.verified[fmt.Sprint(one["sid"])] = [2]string{status, reason}
		}
	}
}

// listVerifications serves GET /v1/Tollfree/Verifications.
func (s *Simulator) listVerifications(w http.ResponseWriter, r *http.Request, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	if v, there := s.verified[r.URL.Query().Get("TollfreePhoneNumberSid")]; there {
		found = append(found, map[string]any{"sid": "HHbbaf59efda1c7f5d2fde8ed5ab8d9f4e", "status": v[0], "rejection_reason": v[1]})
	}
	write(w, http.StatusOK, map[string]any{"verifications": found, "meta": meta("verifications")})
}

// ServiceSetting is what is set at a Messaging Service by the resource's own
// name: "inbound_request_url".
func (s *Simulator) ServiceSetting(sid, name string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.services, func(one *service) bool { return one.resource["sid"] == sid })
	if at < 0 {
		return nil
	}
	return s.services[at].resource[name]
}

// listServices serves GET /v1/Services. An account has few; one page holds them.
func (s *Simulator) listServices(w http.ResponseWriter, r *http.Request, _ string) {
	account, _, _ := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	for _, one := range s.services {
		if one.resource["account_sid"] == account {
			found = append(found, one.resource)
		}
	}
	write(w, http.StatusOK, map[string]any{"services": found, "meta": meta("services")})
}

// listServiceNumbers serves GET /v1/Services/{sid}/PhoneNumbers.
func (s *Simulator) listServiceNumbers(w http.ResponseWriter, r *http.Request, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.service(r)
	if one == nil {
		writeError(w, 20404, "")
		return
	}
	numbers := []map[string]any{}
	for _, address := range one.numbers {
		numbers = append(numbers, map[string]any{
			"sid": newSID("PN"), "account_sid": one.resource["account_sid"], "service_sid": one.resource["sid"],
			"phone_number": address, "country_code": "US", "capabilities": []string{"SMS", "MMS", "Voice"},
		})
	}
	write(w, http.StatusOK, map[string]any{"phone_numbers": numbers, "meta": meta("phone_numbers")})
}

// changeService serves GET and POST /v1/Services/{sid}.
func (s *Simulator) changeService(w http.ResponseWriter, r *http.Request, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.service(r)
	if one == nil {
		writeError(w, 20404, "")
		return
	}
	if err := change(one.resource, r.PostForm, serviceURLs, serviceMethods, serviceWords, serviceFlags); err != nil {
		writeError(w, 20001, err.Error())
		return
	}
	write(w, http.StatusOK, one.resource)
}

// service is the one that a request names, if it is its account's. The caller
// holds s.mu.
func (s *Simulator) service(r *http.Request) *service {
	account, _, _ := r.BasicAuth()
	at := slices.IndexFunc(s.services, func(one *service) bool {
		return one.resource["sid"] == r.PathValue("sid") && one.resource["account_sid"] == account
	})
	if at < 0 {
		return nil
	}
	return s.services[at]
}

func meta(key string) map[string]any {
	return map[string]any{"key": key, "page": 0, "page_size": 50, "next_page_url": nil, "previous_page_url": nil}
}

// whoAmI serves GET Accounts/{sid}.json for the account that asks.
func (s *Simulator) whoAmI(w http.ResponseWriter, r *http.Request, _ string) {
	account, _, _ := r.BasicAuth()
	if r.PathValue("file") != account+".json" {
		writeError(w, 20404, "")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	write(w, http.StatusOK, map[string]any{
		"sid": account, "friendly_name": "Simulated", "status": "active", "type": s.kind(), "owner_account_sid": account, "uri": accounts + account + ".json",
	})
}
