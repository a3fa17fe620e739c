package whatsapp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/channeltest"
)

const (
	testSecret = "7f3c1d9a5e2b4860"
	testNumber = "106540352242922"
	testWamid  = "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI="
)

var testAccount = channels.Account{ID: testNumber, Secrets: []string{testSecret, "an0therS3cret"}}

func post(body string) channels.Request {
	return channels.Request{
		Method: http.MethodPost, URL: "https://gw.example" + Path, Body: []byte(body),
		Header: http.Header{"Content-Type": {"application/json"}},
	}
}

// at is a body that tells one thing of our number.
func at(list, thing string) string {
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1029","changes":[{"field":"messages","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":%q},
		"contacts":[{"profile":{"name":"Ann"},"wa_id":"16505551234"}],%q:[%s]}}]}]}`, testNumber, list, thing)
}

func text(id, from, said string) string {
	body, _ := json.Marshal(said)
	return fmt.Sprintf(`{"id":%q,"from":%q,"timestamp":"1758880300","type":"text","text":{"body":%s}}`, id, from, body)
}

func accepted() string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","messages":[{"id":%q}]}`, testWamid)
}

func conformance(to string) channeltest.Config {
	return channeltest.Config{
		New:     func(base *url.URL) channels.Channel { return New(Config{BaseURL: base}) },
		Account: testAccount,
		Outgoing: channels.Outgoing{
			Delivery: "018f-77 &x", Kind: channels.WhatsAppCloud, From: testNumber, To: to,
			Text: "We are closed, è vero?", PublicURL: "https://gw.example/",
		},
		Requests: map[string][]channels.Request{Path: {
			post(at("messages", text("wamid.1", "16505551234", "anybody there?"))),
			post(at("messages", `{"id":"wamid.2","from_user_id":"US.1349","timestamp":1758880300,"type":"image","image":{"id":"77"}}`)),
			post(at("statuses", `{"id":"wamid.3","status":"sent","timestamp":"1758880300","recipient_id":"16505551234"}`)),
			post(at("statuses", `{"id":"wamid.3","status":"a word of the future","timestamp":"x"}`)),
			post(inApp("smb_message_echoes", `{"id":"wamid.5","to":"16505551234","timestamp":"1758880300","type":"text","text":{"body":"on my way"}}`)),
			post(at("errors", `{"code":131000,"title":"Something went wrong"}`)),
			post(at("messages", `"no message"`)),
		}},
		Sign: func(r *channels.Request, secret string) { r.Header.Set(signatureHeader, Sign(secret, r.Body)) },
		Wrote: func(said []byte) (string, channels.Request) {
			s := string(said)
			raw, err := json.Marshal(map[string]any{
				"id": "wamid.4", "from": "16505551234", "type": s, "timestamp": s, "text": object{"body": s},
				"image": object{"id": s, "mime_type": s, "caption": s}, "reaction": object{"emoji": s, "message_id": s},
				"location": object{"name": s, "address": s}, "button": object{"text": s, "payload": s}, "context": object{"id": s},
				"referral": object{"headline": s, "body": s}, "system": object{"body": s, "wa_id": s, "user_id": s},
			})
			if err != nil {
				panic(err)
			}
			return Path, post(at("messages", string(raw)))
		},
		Journey: []string{"sent", "delivered", "read"},
		Callback: func(sent channeltest.Sent, word string) (string, channels.Request) {
			var said struct{ To, Recipient, Biz_opaque_callback_data string }
			if err := json.Unmarshal(sent.Body, &said); err != nil {
				panic(err)
			}
			raw, _ := json.Marshal(object{
				"id": testWamid, "status": word, "timestamp": "1758880300", "recipient_id": trimPlus(said.To),
				"recipient_user_id": said.Recipient, "biz_opaque_callback_data": said.Biz_opaque_callback_data,
			})
			return Path, post(at("statuses", string(raw)))
		},
		Accepted:   channeltest.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: accepted()},
		ProviderID: testWamid,
		Refusals:   refusals(),
	}
}

func trimPlus(s string) string {
	if s != "" && s[0] == '+' {
		return s[1:]
	}
	return s
}

// refusals is every code that we know, as the API's answer to a send, and what
// comes without one.
func refusals() []channeltest.Refusal {
	all := []channeltest.Refusal{
		{Name: "a new code", Answer: refusalJSON(400, "888888"), Reason: channels.ReasonRejected, Code: "888888"},
		{Name: "a new code not found", Answer: refusalJSON(404, "888888"), Reason: channels.ReasonRejected, Code: "888888"},
		{Name: "a new code of a fault", Answer: refusalJSON(500, "888888"), Reason: channels.ReasonAmbiguous, Code: "888888", Retry: channels.Look},
		{Name: "a new code of haste", Answer: refusalJSON(429, "888888"), Reason: channels.ReasonThrottled, Code: "888888", Retry: channels.Later},
		{Name: "a new permission", Answer: refusalJSON(403, "294"), Reason: channels.ReasonCredentials, Code: "294"},
		{Name: "302", Answer: channeltest.Answer{Status: 302, Body: accepted()}, Reason: channels.ReasonUnavailable, Code: "302", Retry: channels.Later},
		{
			Name: "a number that the token does not see any more", Answer: channeltest.Answer{Status: 400, Body: `{"error":{"code":100,"error_subcode":33,"message":"Unsupported post request. Object with ID '1' does not exist"}}`},
			Reason: channels.ReasonCredentials, Code: "100",
		},
		{Name: "401", Answer: channeltest.Answer{Status: 401}, Reason: channels.ReasonCredentials, Code: "401"},
		{Name: "404", Answer: channeltest.Answer{Status: 404, Body: "<html>"}, Reason: channels.ReasonMisconfigured, Code: "404"},
		{Name: "503", Answer: channeltest.Answer{Status: 503}, Reason: channels.ReasonAmbiguous, Code: "503", Retry: channels.Look},
	}
	for _, c := range Codes {
		all = append(all, channeltest.Refusal{
			Name: c.Code, Answer: refusalJSON(400, c.Code), Reason: c.Reason, Code: c.Code, Retry: c.Retry, After: c.After,
		})
	}
	return all
}

func refusalJSON(status int, code string) channeltest.Answer {
	return channeltest.Answer{Status: status, Body: fmt.Sprintf(`{"error":{"message":"(#%s) no","type":"OAuthException","code":%s,"fbtrace_id":"A1"}}`, code, code)}
}

func TestConformance(t *testing.T) {
	for name, to := range map[string]string{"a number": "+16505551234", "a user id": "US.13491208655302741918"} {
		t.Run(name, func(t *testing.T) { channeltest.Run(t, conformance(to)) })
	}
}

func TestMetaCannotBeAsked(t *testing.T) {
	_, finds := channels.Channel(New(Config{})).(channels.Finder)
	require.False(t, finds)
}
