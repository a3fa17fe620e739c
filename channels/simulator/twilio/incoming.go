package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// incoming is one of the account's phone numbers, as it lies on the wire.
type incoming map[string]any

// The parameters of an update, by the name that the resource has for each. The
// simulator knows no others, and a parameter that it does not know is refused,
// so that a misspelled one is not taken for set.
var (
	incomingURLs = map[string]string{
		"SmsUrl": "sms_url", "SmsFallbackUrl": "sms_fallback_url", "VoiceUrl": "voice_url", "VoiceFallbackUrl": "voice_fallback_url",
		"StatusCallback": "status_callback",
	}
	incomingMethods = map[string]string{
		"SmsMethod": "sms_method", "SmsFallbackMethod": "sms_fallback_method", "VoiceMethod": "voice_method",
		"VoiceFallbackMethod": "voice_fallback_method", "StatusCallbackMethod": "status_callback_method",
	}
	incomingWords = map[string]string{
		"SmsApplicationSid": "sms_application_sid", "VoiceApplicationSid": "voice_application_sid", "TrunkSid": "trunk_sid",
		"FriendlyName": "friendly_name",
	}
)

// bought makes the account's numbers as Twilio sells them: leading to its own
// examples.
func (s *Simulator) bought() {
	for _, address := range s.config.Numbers {
		if onWhatsApp(address) {
			continue
		}
		sid, account := newSID("PN"), s.config.AccountSID
		s.incoming = append(s.incoming, incoming{
			"sid": sid, "account_sid": account, "friendly_name": address, "phone_number": address, "api_version": apiVersion,
			"capabilities": map[string]bool{"voice": true, "sms": true, "mms": true, "fax": false},
			"date_created": rfc2822(s.config.Clock.Now()), "date_updated": rfc2822(s.config.Clock.Now()),
			"sms_url": "https://demo.twilio.com/welcome/sms/reply", "sms_method": "POST", "sms_application_sid": "",
			"sms_fallback_url": "", "sms_fallback_method": "POST",
			"voice_url": "https://demo.twilio.com/welcome/voice/", "voice_method": "POST", "voice_application_sid": nil, "trunk_sid": nil,
			"voice_fallback_url": nil, "voice_fallback_method": "POST", "voice_receive_mode": "voice", "voice_caller_id_lookup": false,
			"status_callback": "", "status_callback_method": "POST", "origin": "twilio", "beta": false, "status": "in-use",
			"uri": uri(account, "IncomingPhoneNumbers", sid),
		})
	}
}

// Number is what is set at one of the account's numbers, by the resource's own
// names: "sms_url". What is not set is empty.
func (s *Simulator) Number(address string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	set := map[string]string{}
	for _, n := range s.incoming {
		if n["phone_number"] == address {
			for name, value := range n {
				if text, is := value.(string); is {
					set[name] = text
				}
			}
		}
	}
	return set
}

// listIncoming serves GET IncomingPhoneNumbers.json: PhoneNumber, PageSize and
// Page.
func (s *Simulator) listIncoming(w http.ResponseWriter, r *http.Request, account string) {
	query := r.URL.Query()
	s.mu.Lock()
	found := []incoming{}
	for _, n := range s.incoming {
		if n["account_sid"] == account && strings.Contains(n["phone_number"].(string), query.Get("PhoneNumber")) {
			found = append(found, copied(n))
		}
	}
	s.mu.Unlock()
	size, nth := min(max(number(query.Get("PageSize"), 50), 1), 1000), max(number(query.Get("Page"), 0), 0)
	start, end := min(nth*size, len(found)), min((nth+1)*size, len(found))
	page := func(n int) string {
		q := url.Values{"PageSize": {strconv.Itoa(size)}, "Page": {strconv.Itoa(n)}}
		if query.Has("PhoneNumber") {
			q.Set("PhoneNumber", query.Get("PhoneNumber"))
		}
		return uri(account, "IncomingPhoneNumbers") + "?" + q.Encode()
	}
	answer := map[string]any{
		"page": nth, "page_size": size, "start": start, "end": max(end-1, 0), "uri": page(nth), "first_page_uri": page(0),
		"next_page_uri": nil, "previous_page_uri": nil, "incoming_phone_numbers": found[start:end],
	}
	if end < len(found) {
		answer["next_page_uri"] = page(nth + 1)
	}
	write(w, http.StatusOK, answer)
}

// changeIncoming serves GET and POST IncomingPhoneNumbers/{sid}.json.
func (s *Simulator) changeIncoming(w http.ResponseWriter, r *http.Request, account string) {
	sid, isJSON := strings.CutSuffix(r.PathValue("file"), ".json")
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.incoming, func(n incoming) bool { return n["sid"] == sid && n["account_sid"] == account })
	if at < 0 || !isJSON {
		writeError(w, 20404, "")
		return
	}
	if err := change(s.incoming[at], r.PostForm, incomingURLs, incomingMethods, incomingWords, nil); err != nil {
		writeError(w, 20001, err.Error())
		return
	}
	s.incoming[at]["date_updated"] = rfc2822(s.config.Clock.Now())
	write(w, http.StatusOK, s.incoming[at])
}

// change sets all of a form's parameters, or none when one is wrong.
func change(resource map[string]any, form url.Values, urls, methods, words, flags map[string]string) error {
	set := map[string]any{}
	for name, values := range form {
		value := values[0]
		switch {
		case urls[name] != "":
			u, err := url.Parse(value)
			if value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
				return fmt.Errorf("%s is not a valid URL", name)
			}
			set[urls[name]] = value
		case methods[name] != "":
			if value != http.MethodGet && value != http.MethodPost {
				return fmt.Errorf("%s must be GET or POST", name)
			}
			set[methods[name]] = value
		case words[name] != "":
			set[words[name]] = value
		case flags[name] != "":
			if value != "true" && value != "false" {
				return fmt.Errorf("%s must be true or false", name)
			}
			set[flags[name]] = value == "true"
		default:
			return fmt.Errorf("%s is nothing that can be set here", name)
		}
	}
	for name, value := range set {
		resource[name] = value
	}
	return nil
}

func copied(resource map[string]any) map[string]any {
	fresh := map[string]any{}
	for name, value := range resource {
		fresh[name] = value
	}
	return fresh
}
