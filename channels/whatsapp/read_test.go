package whatsapp

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// told is what the door makes of a body, verified first.
func told(t *testing.T, body string) []channels.Event {
	t.Helper()
	hook := New(Config{}).Hooks()[0]
	r := post(body)
	r.Header.Set(signatureHeader, Sign(testSecret, r.Body))
	require.NoError(t, hook.Verify(r, []string{"another", testSecret}))
	first, err := hook.Parse(r)
	require.NoError(t, err, "%.300s", body)
	second, err := hook.Parse(r)
	require.NoError(t, err)
	require.Equal(t, first, second, "told twice, it is the same")
	return first
}

// said is the one message that a thing in a body is.
func said(t *testing.T, thing string) (channels.Event, channels.Message) {
	t.Helper()
	events := told(t, at("messages", thing))
	require.Len(t, events, 1)
	require.Equal(t, channels.MessageReceived, events[0].Kind, thing)
	require.JSONEq(t, thing, string(events[0].Raw))
	return events[0], *events[0].Message
}

func TestEveryKindOfMessage(t *testing.T) {
	const head = `{"id":"wamid.1","from":"16505551234","timestamp":"1758880300",`
	for thing, want := range map[string]channels.Message{
		`"type":"text","text":{"body":"a\u0000b"}}`:                                  {Text: "ab"},
		`"type":"text","text":"no object"}`:                                          {},
		`"type":"text","text":{"body":"yes"},"context":{"id":"wamid.0","from":"1"}}`: {Text: "yes", About: "wamid.0"},
		`"type":"image","image":{"id":"7","mime_type":"image/jpeg","caption":"the tap","url":"https://evil.example/x"}}`: {
			Text: "the tap", Media: []channels.Media{{ID: "7", ContentType: "image/jpeg"}},
		},
		`"type":"document","document":{"id":8,"mime_type":"application/pdf","filename":"a\nb.pdf"}}`: {
			Media: []channels.Media{{ID: "8", ContentType: "application/pdf", Name: "a b.pdf"}},
		},
		`"type":"audio","audio":{"id":"9","voice":true}}`: {Media: []channels.Media{{ID: "9"}}},
		`"type":"sticker","sticker":{"id":"9"}}`:          {Media: []channels.Media{{ID: "9"}}},
		`"type":"video","video":{"id":"9"}}`:              {Media: []channels.Media{{ID: "9"}}},
		`"type":"location","location":{"latitude":52.2,"longitude":21.01,"name":"Home"}}`: {
			Kind: channels.LocationMessage, Text: "📍 Home, 52.2 21.01",
		},
		`"type":"contacts","contacts":[{"name":{"formatted_name":"Ben"},"phones":[{"phone":"+1 312"}]},"x"]}`: {
			Kind: channels.ContactsMessage, Text: "👤 Ben, +1 312",
		},
		`"type":"button","button":{"text":"No","payload":"no-7"}}`: {Kind: channels.ReplyMessage, Text: "No", Reply: "no-7"},
		`"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"y","title":"Yes"}}}`: {
			Kind: channels.ReplyMessage, Text: "Yes", Reply: "y",
		},
		`"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"5","title":"Five"}}}`: {
			Kind: channels.ReplyMessage, Text: "Five", Reply: "5",
		},
		`"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"body":"Sent","name":"flow","response_json":"{}"}}}`: {
			Kind: channels.FormMessage, Text: "Sent",
		},
		`"type":"reaction","reaction":{"message_id":"wamid.0","emoji":"👍"}}`: {Kind: channels.ReactionMessage, Text: "👍", About: "wamid.0"},
		`"type":"reaction","reaction":{"message_id":"wamid.0"}}`:             {Kind: channels.ReactionMessage, About: "wamid.0"},
		`"type":"order","order":{"text":"please","product_items":[{"product_retailer_id":"tap","quantity":2,"item_price":30,"currency":"USD"}]}}`: {
			Kind: channels.OrderMessage, Text: "please\n🛒 2 × tap 30 USD",
		},
		`"type":"edit","edit":{"original_message_id":"wamid.0","message":{"type":"text","text":{"body":"the 21st"}}}}`: {
			Kind: channels.EditMessage, Text: "the 21st", About: "wamid.0",
		},
		`"type":"revoke","revoke":{"original_message_id":"wamid.0"}}`: {Kind: channels.RevokeMessage, About: "wamid.0"},
		`"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown"}]}`: {
			Kind: channels.UnsupportedMessage, Text: "⚠ Message type unknown",
		},
		`"type":"unsupported","unsupported":{"type":"poll"}}`: {Kind: channels.UnsupportedMessage, Text: "⚠ poll"},
		`"type":"request_welcome"}`:                           {Kind: channels.WelcomeMessage, Text: "👋"},
		`"type":"interactive","interactive":{"type":"call_permission_reply","call_permission_reply":{"response":"reject"}}}`: {
			Kind: channels.PermissionMessage, Text: "✗",
		},
		`"type":"interactive","interactive":{"type":"call_permission_reply"}}`: {Kind: channels.PermissionMessage, Text: "?"},
		`"type":"hologram","hologram":{"x":1}}`:                                {Kind: channels.UnknownMessage, Text: "⚠ hologram"},
	} {
		e, m := said(t, head+thing)
		require.Equal(t, "+16505551234", e.CustomerAddress, thing)
		require.Equal(t, time.Unix(1758880300, 0).UTC(), e.At, thing)
		require.Equal(t, "Ann", m.Name, thing)
		m.Name, m.Facts = "", nil
		require.Equal(t, want, m, thing)
	}
}

func TestWhoWroteIt(t *testing.T) {
	for thing, want := range map[string][]string{
		`{"id":"1","from":"16505551234","from_user_id":"US.1"}`: {"+16505551234", "US.1"},
		`{"id":"1","from_user_id":"US.1"}`:                      {"US.1"},
		`{"id":"1"}`:                                            {"+16505551234"}, // the body's only person
		`{"id":"1","from":"16505551234","type":"system","system":{"type":"user_changed_number","wa_id":"12195555358"}}`:     {"+16505551234", "+12195555358"},
		`{"id":"1","from":"16505551234","type":"system","system":{"type":"user_changed_number","new_wa_id":"12195555358"}}`: {"+16505551234", "+12195555358"},
		`{"id":"1","from_user_id":"US.1","type":"system","system":{"type":"user_changed_user_id","user_id":"US.2"}}`:        {"US.1", "US.2"},
		`{"id":"1","from":"16505551234","from_user_id":"US.1","from_parent_user_id":"US.ENT.1"}`:                            {"+16505551234", "US.1", "US.ENT.1"},
	} {
		e, _ := said(t, thing)
		require.Equal(t, want, append([]string{e.CustomerAddress}, e.Also...), thing)
	}
	alone := `{"id":"1","type":"system","system":` // without a person beside it
	for system, want := range map[string][]string{
		`{"type":"user_changed_user_id","previous_user_id":"US.1","user_id":"US.2"}`:                                                                  {"US.1", "US.2"},
		`{"type":"user_changed_user_id","previous_user_id":"US.1","previous_parent_user_id":"US.ENT.1","user_id":"US.2","parent_user_id":"US.ENT.2"}`: {"US.1", "US.2", "US.ENT.2", "US.ENT.1"},
		`{"type":"user_changed_user_id","body":"User Ann changed from US.1349120865 to US.9876543210","user_id":"US.9876543210"}`:                     {"US.1349120865", "US.9876543210"},
		`{"type":"user_changed_number","wa_id":"12195555358","user_id":"US.2","previous_user_id":"US.1"}`:                                             {"US.1", "+12195555358", "US.2"},
	} {
		e := told(t, strings.Replace(at("messages", alone+system+`}`), `"contacts":[{"profile":{"name":"Ann"},"wa_id":"16505551234"}],`, "", 1))[0]
		require.Equal(t, want, append([]string{e.CustomerAddress}, e.Also...), system)
	}
	for update, want := range map[string][]string{
		`{"wa_id":"16505551234","user_id":{"previous":"US.1","current":"US.2"}}`:           {"+16505551234", "US.1", "US.2"},
		`{"user_id":{"previous":"US.1","current":"US.2"},"timestamp":"1758880300"}`:        {"US.1", "US.2"},
		`{"wa_id":"16505551234","user_id":"US.2","previous_user_id":"US.1"}`:               {"+16505551234", "US.1", "US.2"},
		`{"wa_id":"16505551234","user_id":"US.2","parent_user_id":{"current":"US.ENT.2"}}`: {"+16505551234", "US.2", "US.ENT.2"},
	} {
		e := told(t, strings.Replace(at("user_id_update", update), `"field":"messages"`, `"field":"user_id_update"`, 1))[0]
		require.Equal(t, channels.MessageReceived, e.Kind, update)
		require.Equal(t, channels.SystemMessage, e.Message.Kind)
		require.Equal(t, want, append([]string{e.CustomerAddress}, e.Also...), update)
	}
	nobody := strings.Replace(at("messages", `{"id":"1","type":"text"}`), `"contacts":[{"profile":{"name":"Ann"},"wa_id":"16505551234"}],`, "", 1)
	events := told(t, nobody)
	require.Equal(t, channels.Noted, events[0].Kind, "it is kept all the same")
}

func TestTimes(t *testing.T) {
	for timestamp, want := range map[string]time.Time{
		`"1758880300"`: time.Unix(1758880300, 0).UTC(), `1758880300`: time.Unix(1758880300, 0).UTC(),
		`"0"`: {}, `"-5"`: {}, `"soon"`: {}, `null`: {}, `{}`: {}, `"99999999999999"`: {}, `1e99`: {},
	} {
		e, _ := said(t, `{"id":"1","from":"16505551234","timestamp":`+timestamp+`}`)
		require.Equal(t, want, e.At, timestamp)
	}
}

func TestEveryWordOfStatus(t *testing.T) {
	for word, want := range map[string]channels.State{
		"sent": channels.Sent, "delivered": channels.Delivered, "read": channels.Read, "played": channels.Read, "failed": channels.Failed, "teleported": "",
	} {
		e := told(t, at("statuses", `{"id":"wamid.9","status":"`+word+`","recipient_user_id":"US.1","biz_opaque_callback_data":"018f"}`))[0]
		require.Equal(t, channels.DeliveryMoved, e.Kind)
		require.Equal(t, "US.1", e.CustomerAddress)
		require.Equal(t, channels.Status{Delivery: "018f", ProviderID: "wamid.9", State: want, Word: word}, *e.Status)
	}
	e := told(t, at("statuses", `{"id":"wamid.9","status":"failed","errors":[{"code":131047,"title":"Re-engagement message","error_data":{"details":"more than 24 hours"}}],
		"pricing":{"billable":false,"pricing_model":"PMP","category":"utility"}}`))[0]
	require.Equal(t, []string{"131047", "more than 24 hours"}, []string{e.Status.Code, e.Status.Detail})
	require.Equal(t, channels.ReasonWindowClosed, e.Status.Reason)
	require.Equal(t, map[string]string{"pricing.billable": "false", "pricing.pricing_model": "PMP", "pricing.category": "utility"}, e.Status.Facts)
}

// TestNeighbors: whatever stands in a body, the good message in it is told,
// and what stands beside it is kept.
func TestNeighbors(t *testing.T) {
	good := text("wamid.good", "16505551234", "still here")
	for bad, events := range map[string]int{
		`7`: 2, `"x"`: 2, `null`: 2, `[]`: 2, `{}`: 2, `{"id":7}`: 2, `{"id":"\u0001"}`: 2, `{"id":"wamid.x","from":{}}`: 2,
		text("wamid.good", "16505551234", "again"): 2, `{"id":"g","group_id":"G1","from":"1"}`: 2,
	} {
		found := told(t, at("messages", bad+","+good))
		require.Len(t, found, events, bad)
		require.Equal(t, "wamid.good", found[len(found)-1].ProviderID, bad)
	}
	for _, bad := range []string{`7`, `{}`, `{"changes":7}`, `{"changes":[7,{},{"field":7},{"field":"messages","value":"x"}]}`, `{"changes":[{"field":"messages","value":{"messages":"x"}}]}`} {
		body := strings.Replace(at("messages", good), `"entry":[`, `"entry":[`+bad+`,`, 1)
		found := told(t, body)
		require.Equal(t, "wamid.good", found[len(found)-1].ProviderID, bad)
	}
}

func TestBodiesThatAreNone(t *testing.T) {
	for body, field := range map[string]string{
		"": "", "x": "", `{"object":`: "", `[]`: "", `7`: "", `{"object":"whatsapp_business_account","entry":{}}`: "entry",
		`{"object":"whatsapp_business_account","entry":7}`: "entry",
	} {
		_, err := parse(post(body))
		var malformed *channels.Malformed
		require.ErrorAs(t, err, &malformed, body)
		require.Equal(t, field, malformed.Field, body)
	}
	many := `{"object":"whatsapp_business_account","entry":[{"changes":[` + strings.Repeat(`7,`, maxItems) + `7]}]}`
	_, err := parse(post(many))
	require.ErrorContains(t, err, "5,000")
	require.Empty(t, told(t, `{"object":"whatsapp_business_account","entry":[]}`))
	require.Equal(t, channels.Noted, told(t, `{"object":"page","entry":[]}`)[0].Kind, "another product's, but signed")
}

func TestSeveralNumbersAreNamed(t *testing.T) {
	two := strings.Replace(at("messages", text("1", "2", "3")), `"entry":[`, `"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"222"}}}]},`, 1)
	accounts, err := claimedAccounts(post(two))
	require.NoError(t, err)
	require.Equal(t, []string{"222", testNumber}, accounts)
}

func TestHandshake(t *testing.T) {
	greet := New(Config{VerifyToken: "meatyhamhock"}).Greetings()[0].Greet
	for query, want := range map[string]string{
		"hub.mode=subscribe&hub.challenge=1158&hub.verify_token=meatyhamhock":    "1158",
		"hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token=meatyhamhock": "<b>",
		"hub.mode=subscribe&hub.challenge=1&hub.verify_token=nope":               "the signature does not match",
		"hub.mode=subscribe&hub.challenge=1&hub.verify_token=":                   "the signature does not match",
		"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=meatyhamhock":     "the signature does not match",
		"": "hub.mode: is missing", "%": "the query cannot be read",
		"hub.mode=subscribe&hub.challenge=%0a&hub.verify_token=meatyhamhock": "hub.challenge: longer than 1,024 bytes, or not printable",
	} {
		answer, err := greet(channels.Request{URL: "https://gw.example" + Path + "?" + query})
		if err != nil {
			answer.Body = err.Error()
		}
		require.Equal(t, want, answer.Body, query)
	}
	_, err := New(Config{}).Greetings()[0].Greet(channels.Request{URL: "?hub.mode=subscribe&hub.challenge=1&hub.verify_token="})
	require.ErrorIs(t, err, channels.ErrSignature, "no token is no token")
}

// payload is a file of the folder of provider samples.
func payload(t *testing.T, name string) []byte {
	t.Helper()
	folder := os.Getenv("RINGBACK_PAYLOADS")
	if folder == "" {
		t.Skip("RINGBACK_PAYLOADS is not set")
	}
	content, err := os.ReadFile(filepath.Join(folder, name))
	require.NoError(t, err)
	return content
}

func TestSignatureVectors(t *testing.T) {
	var vectors []struct {
		File   string `json:"file"`
		Secret string `json:"app_secret"`
		Value  string `json:"value"`
		Valid  any    `json:"valid"` // true, false, "either"
	}
	require.NoError(t, json.Unmarshal(payload(t, "meta/signature/vectors.json"), &vectors))
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		r := post(string(payload(t, v.File)))
		r.Header.Set(signatureHeader, v.Value)
		if valid, sure := v.Valid.(bool); sure {
			require.Equal(t, valid, Verify(r, []string{v.Secret}) == nil, v)
		}
	}
}
