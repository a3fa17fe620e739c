package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"ringback/channels"
)

// Wiring is where Twilio brings what happens at one of an account's numbers.
// Source: the resources IncomingPhoneNumber and (messaging) Service.
type Wiring struct {
	SID              string `json:"sid"`
	Number           string `json:"phone_number"`
	SMSURL           string `json:"sms_url"`
	SMSMethod        string `json:"sms_method"`
	SMSFallback      string `json:"sms_fallback_url"`
	SMSApplication   string `json:"sms_application_sid"`
	VoiceURL         string `json:"voice_url"`
	VoiceMethod      string `json:"voice_method"`
	VoiceFallback    string `json:"voice_fallback_url"`
	VoiceApplication string `json:"voice_application_sid"`
	Trunk            string `json:"trunk_sid"`
	Status           string `json:"status_callback"`
	StatusMethod     string `json:"status_callback_method"`

	Service *Service `json:"-"` // the Messaging Service that it is in; nil: none
}

// Service is a Messaging Service. What comes in at its numbers goes to its own
// address, unless it leaves that to the numbers.
type Service struct {
	SID           string `json:"sid"`
	Name          string `json:"friendly_name"`
	Inbound       string `json:"inbound_request_url"`
	InboundMethod string `json:"inbound_method"`
	OnNumber      bool   `json:"use_inbound_webhook_on_number"`
}

const (
	apiHost       = "https://api.twilio.com"
	messagingHost = "https://messaging.twilio.com"
	mostPages     = 100
)

// CheckAccount asks for the account itself, which takes a token that is right. With
// a key it asks for what the key is for: the account's own page is the token's alone.
// Its error is a *channels.SendError, as all errors here.
// https://www.twilio.com/docs/iam/api-keys#standard-api-keys
func (c *Channel) CheckAccount(ctx context.Context, account channels.Account) error {
	if account.Key.SID != "" {
		var messages struct{}
		return c.read(ctx, account, apiHost+"/2010-04-01/Accounts/"+account.ID+"/Messages.json?PageSize=1", &messages)
	}
	var found struct{ Status string }
	if err := c.read(ctx, account, apiHost+"/2010-04-01/Accounts/"+account.ID+".json", &found); err != nil {
		return channels.Unversed(err)
	}
	switch found.Status {
	case "active":
		return nil
	case "suspended", "closed":
		return &channels.SendError{Reason: channels.ReasonCredentials, Err: fmt.Errorf("the account is %s", found.Status)}
	}
	return fmt.Errorf("%w: %w", channels.ErrUnversed, &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("what answers is no account")})
}

// Wirings are those of all the account's numbers, by number.
func (c *Channel) Wirings(ctx context.Context, account channels.Account) (map[string]Wiring, error) {
	return c.wirings(ctx, account, "")
}

// CheckWiring looks at one number as the doctor looks at all. That the account does not
// have it is a finding as well. A registration that cannot be read is none: a key may
// lack the right to it.
func (c *Channel) CheckWiring(ctx context.Context, account channels.Account, number, publicURL string, texts, calls bool) ([]channels.WiringFinding, error) {
	w, there, err := c.wiring(ctx, account, number)
	if err != nil {
		return nil, err
	}
	if !there {
		return []channels.WiringFinding{{What: "number", Needs: number}}, nil
	}
	found := []channels.WiringFinding{}
	for _, f := range w.Compare(publicURL, texts, calls) {
		found = append(found, channels.WiringFinding{What: f.Code, Is: f.Is, Needs: f.Needs, Note: f.Note})
	}
	if texts {
		if r, err := c.Registration(ctx, account, w); err == nil && r.Kind != "" {
			found = append(found, r.finding(w))
		}
	}
	return found, nil
}

// SetWiring sets at one number what can be set there, as the doctor does at all. Of a
// number that is not the account's there is nothing to set.
func (c *Channel) SetWiring(ctx context.Context, account channels.Account, number, publicURL string, texts, calls bool) error {
	w, there, err := c.wiring(ctx, account, number)
	if err != nil || !there {
		return err
	}
	return c.Rewire(ctx, account, w.Compare(publicURL, texts, calls))
}

// wiring is that of one number, if the account has it.
func (c *Channel) wiring(ctx context.Context, account channels.Account, number string) (w Wiring, there bool, err error) {
	if !alphanumeric(account.ID) || len(account.Secrets) == 0 {
		return w, false, &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("there is no account to ask with")}
	}
	wirings, err := c.wirings(ctx, account, number)
	w, there = wirings[number]
	return w, there, err
}

// wirings are those of the numbers in which the digits stand; of none: of all.
func (c *Channel) wirings(ctx context.Context, account channels.Account, number string) (map[string]Wiring, error) {
	found := map[string]Wiring{}
	next := "/2010-04-01/Accounts/" + account.ID + "/IncomingPhoneNumbers.json?PageSize=1000"
	if number != "" {
		next += "&PhoneNumber=" + url.QueryEscape(number)
	}
	for page := 0; next != "" && page < mostPages; page++ {
		var answer struct {
			Numbers []Wiring `json:"incoming_phone_numbers"`
			Next    string   `json:"next_page_uri"`
		}
		if err := c.read(ctx, account, apiHost+next, &answer); err != nil {
			return nil, err
		}
		for _, one := range answer.Numbers {
			found[one.Number] = one
		}
		next = answer.Next
	}
	return found, c.addServices(ctx, account, found)
}

// addServices says which numbers are in a Messaging Service.
func (c *Channel) addServices(ctx context.Context, account channels.Account, numbers map[string]Wiring) error {
	type meta struct {
		Next string `json:"next_page_url"`
	}
	for next, pages := messagingHost+"/v1/Services?PageSize=100", 0; next != "" && pages < mostPages; pages++ {
		var answer struct {
			Services []Service `json:"services"`
			Meta     meta      `json:"meta"`
		}
		if err := c.read(ctx, account, next, &answer); err != nil {
			return err
		}
		for _, service := range answer.Services {
			for at, n := messagingHost+"/v1/Services/"+service.SID+"/PhoneNumbers?PageSize=100", 0; at != "" && n < mostPages; n++ {
				var members struct {
					Numbers []struct {
						Number string `json:"phone_number"`
					} `json:"phone_numbers"`
					Meta meta `json:"meta"`
				}
				if err := c.read(ctx, account, at, &members); err != nil {
					return err
				}
				for _, m := range members.Numbers {
					if one, ours := numbers[m.Number]; ours {
						one.Service = &service
						numbers[m.Number] = one
					}
				}
				at = members.Meta.Next
			}
		}
		next = answer.Meta.Next
	}
	return nil
}

// Rewire sets what the findings say would put it right, each resource once.
func (c *Channel) Rewire(ctx context.Context, account channels.Account, findings []Finding) error {
	byPath := map[string]url.Values{}
	var order []string
	for _, f := range findings {
		if len(f.set) == 0 {
			continue
		}
		at := messagingHost + "/v1/Services/" + f.service
		if f.service == "" {
			at = apiHost + "/2010-04-01/Accounts/" + account.ID + "/IncomingPhoneNumbers/" + f.number + ".json"
		}
		if byPath[at] == nil {
			byPath[at] = url.Values{}
			order = append(order, at)
		}
		for name, value := range f.set {
			byPath[at].Set(name, value)
		}
	}
	for _, at := range order {
		if err := c.ask(ctx, account, http.MethodPost, at, byPath[at], &struct{}{}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Channel) read(ctx context.Context, account channels.Account, address string, into any) error {
	at, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("an address of the next page that is none")}
	}
	return c.ask(ctx, account, http.MethodGet, at, values, into)
}

func (c *Channel) ask(ctx context.Context, account channels.Account, method, address string, form url.Values, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	answer, err := call.SendRequest(method, address, form, nil)
	return call.decode(answer, err, into)
}

// create makes what is described in JSON.
func (c *Channel) create(ctx context.Context, account channels.Account, address string, what, into any) error {
	raw, err := json.Marshal(what)
	if err != nil {
		return &channels.SendError{Reason: channels.ReasonRejected, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	answer, err := call.SendRequest(http.MethodPost, address, nil, nil, raw...)
	return call.decode(answer, err, into)
}

// decode reads an answer.
func (c *call) decode(answer *http.Response, err error, into any) error {
	if err != nil {
		return c.failure(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return &channels.SendError{Reason: channels.ReasonUnavailable, Err: fmt.Errorf("an answer that cannot be read: %w", err)}
	}
	return nil
}
