package whatsapp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestWhatAMessageKeepsBesideItsText, by Meta's names, cut at what can be stored, and
// nothing of what is not there.
func TestWhatAMessageKeepsBesideItsText(t *testing.T) {
	t.Parallel()
	for thing, want := range map[string]map[string]string{
		`"type":"text","text":{"body":"hi"}`: {"type": "text"},
		`"type":"text","context":{"forwarded":true,"frequently_forwarded":false,"referred_product":{"catalog_id":"c","product_retailer_id":7}}`: {
			"type": "text", "context.forwarded": "true", "context.referred_product.catalog_id": "c", "context.referred_product.product_retailer_id": "7",
		},
		`"type":"text","context":{"frequently_forwarded":true}`: {"type": "text", "context.frequently_forwarded": "true"},
		`"type":"text","referral":{"source_url":"https://fb.me/x","source_id":"1","source_type":"ad","headline":"Taps","body":"Half price","media_type":"image","ctwa_clid":"ARA"}`: {
			"type": "text", "referral.source_url": "https://fb.me/x", "referral.source_id": "1", "referral.source_type": "ad",
			"referral.headline": "Taps", "referral.body": "Half price", "referral.media_type": "image", "referral.ctwa_clid": "ARA",
		},
		`"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{\"a\":1}"}}`: {"type": "interactive", "interactive.nfm_reply.response_json": `{"a":1}`},
		`"type":"unsupported","errors":[{"code":131051},{"code":131060}]`:                                   {"type": "unsupported", "errors.code": "131060"},
		`"type":"system","system":{"type":"user_changed_number"}`:                                           {"type": "system", "system.type": "user_changed_number"},
		`"type":"text","referral":{"body":"` + strings.Repeat("é", maxFact+1) + `"}`:                        {"type": "text", "referral.body": strings.Repeat("é", maxFact)},
	} {
		_, m := said(t, `{"id":"wamid.1","from":"16505551234",`+thing+`}`)
		require.Equal(t, want, m.Facts, "%.200s", thing)
	}
	named := told(t, strings.Replace(at("messages", text("wamid.1", "16505551234", "hi")), `"name":"Ann"`, `"name":"Ann","username":"@ann"`, 1))[0]
	require.Equal(t, "@ann", named.Message.Facts["username"])
}

// TestWhatIsCut: a text, a name and a list have an end, wherever Meta sees it.
func TestWhatIsCut(t *testing.T) {
	t.Parallel()
	card := `{"name":{"formatted_name":"Ben"},"phones":[]}`
	product := `{"product_retailer_id":"tap","quantity":1}`
	for thing, want := range map[string]string{
		fmt.Sprintf(`"type":"text","text":{"body":%q}`, strings.Repeat("é", maxBody+1)):                                       strings.Repeat("é", maxBody),
		`"type":"contacts","contacts":[` + strings.Repeat(card+",", maxLines) + card + `]`:                                    strings.TrimSuffix(strings.Repeat("👤 Ben\n", maxLines), "\n"),
		`"type":"order","order":{"product_items":[` + strings.Repeat(product+",", maxLines) + product + `]}`:                  strings.TrimSuffix(strings.Repeat("🛒 1 × tap\n", maxLines), "\n"),
		`"type":"order","order":{"text":"please","product_items":["x",` + product + `]}`:                                      "please\n🛒 1 × tap",
		`"type":"location","location":{"latitude":1,"longitude":2,"address":"Main St 5","url":"https://x"}`:                   "📍 Main St 5, 1 2, https://x",
		`"type":"interactive","interactive":{"type":"call_permission_reply","call_permission_reply":{"response":"later\nx"}}`: "later x",
	} {
		_, m := said(t, `{"id":"wamid.1","from":"16505551234",`+thing+`}`)
		require.Equal(t, want, m.Text, "%.200s", thing)
	}
}

// TestWhyAMessageFailed: the most exact of Meta's words, and ours where it has none.
func TestWhyAMessageFailed(t *testing.T) {
	t.Parallel()
	for failure, want := range map[string][]string{
		`{"code":131026,"title":"t","message":"m","error_data":{"details":"d"}}`: {"131026", "not_on_channel", "d"},
		`{"code":131026,"title":"t","message":"m"}`:                              {"131026", "not_on_channel", "m"},
		`{"code":"131026","title":"t"}`:                                          {"131026", "not_on_channel", "t"},
		`{"code":131026}`:                                                        {"131026", "not_on_channel", Explain("131026").Means},
		`{"code":777777}`:                                                        {"777777", "rejected", Explain("777777").Means},
		`{"title":"without a code"}`:                                             {"", "", ""},
	} {
		e := told(t, at("statuses", `{"id":"wamid.9","status":"failed","errors":[`+failure+`,{"code":131047}]}`))[0]
		require.Equal(t, want, []string{e.Status.Code, string(e.Status.Reason), e.Status.Detail}, failure)
	}
	for _, status := range []string{`7`, `{"status":"sent"}`, `{"id":"wamid.9"}`, `{"id":"wamid.9","status":"a\u0007b"}`} {
		e := told(t, at("statuses", status))[0]
		require.Equal(t, channels.Noted, e.Kind, "what says nothing of a message is kept: %s", status)
	}
	paid := told(t, at("statuses", `{"id":"wamid.9","status":"sent","pricing":{"billable":true,"type":"free_customer_service"}}`))[0]
	require.Equal(t, map[string]string{"pricing.billable": "true", "pricing.type": "free_customer_service"}, paid.Status.Facts)
}

// TestNewIDsThatAreNone: of an update that says nothing new of a person, or of none of
// our numbers, nothing is told but that it came.
func TestNewIDsThatAreNone(t *testing.T) {
	t.Parallel()
	update := func(value string) string {
		return strings.Replace(at("user_id_update", value), `"field":"messages"`, `"field":"user_id_update"`, 1)
	}
	const moved = `{"wa_id":"16505551234","user_id":{"previous":"US.1","current":"US.2"}}`
	for name, c := range map[string]struct {
		body  string
		kinds []channels.EventKind
	}{
		"no object":           {update(`7`), []channels.EventKind{channels.Noted}},
		"one id alone":        {update(`{"wa_id":"16505551234"}`), []channels.EventKind{channels.Noted}},
		"nothing at all":      {update(``), []channels.EventKind{channels.Noted}},
		"none of our numbers": {strings.Replace(update(moved), testNumber, "", 1), []channels.EventKind{channels.Noted}},
		"beside one that is":  {update(`7,` + moved), []channels.EventKind{channels.Noted, channels.MessageReceived}},
	} {
		var kinds []channels.EventKind
		for _, e := range told(t, c.body) {
			kinds = append(kinds, e.Kind)
			require.True(t, strings.HasPrefix(e.ProviderID, "note/"), name)
		}
		require.Equal(t, c.kinds, kinds, name)
	}
	named := told(t, update(`{"wa_id":"16505551234","user_id":"US.2","detail":"Ann has a new id","timestamp":1758880300}`))[0]
	require.Equal(t, []any{"Ann", "Ann has a new id", time.Unix(1758880300, 0).UTC()}, []any{named.Message.Name, named.Message.Text, named.At})
}

// TestWhoOfMany: in a batch each message is of the person whom its ids name, and of
// nobody where they name nobody in it.
func TestWhoOfMany(t *testing.T) {
	t.Parallel()
	const two = `"contacts":[7,{"profile":{"name":"Ann"},"wa_id":"16505551234","user_id":"US.1"},{"profile":{"name":"Ben"},"wa_id":"16505550000","user_id":"US.2","parent_user_id":"US.ENT.2"}],`
	for thing, want := range map[string][]string{
		`{"id":"1","from":"16505551234"}`:                        {"Ann", "+16505551234", "US.1"},
		`{"id":"1","from_user_id":"US.2"}`:                       {"Ben", "+16505550000", "US.2", "US.ENT.2"},
		`{"id":"1","from":"16505550000","from_user_id":"US.77"}`: {"Ben", "+16505550000", "US.77", "US.ENT.2"},
		`{"id":"1","from":"19995550000"}`:                        {"", "+19995550000"},
	} {
		body := strings.Replace(at("messages", thing), `"contacts":[{"profile":{"name":"Ann"},"wa_id":"16505551234"}],`, two, 1)
		e := told(t, body)[0]
		require.Equal(t, channels.MessageReceived, e.Kind, thing)
		require.Equal(t, want, append([]string{e.Message.Name, e.CustomerAddress}, e.Also...), thing)
	}
	nobody := told(t, strings.Replace(at("messages", `{"id":"1"}`), `"contacts":[{"profile":{"name":"Ann"},"wa_id":"16505551234"}],`, two, 1))[0]
	require.Equal(t, channels.Noted, nobody.Kind, "of two it is not said which")
}

// TestHowMuchABodyTells at the edge: 5,000 things are taken, and counted over all that
// Meta tells of.
func TestHowMuchABodyTells(t *testing.T) {
	t.Parallel()
	value := func(lists map[string]int) string {
		things := object{"metadata": object{"phone_number_id": testNumber}}
		for name, n := range lists {
			things[name] = make([]int, n)
		}
		raw, err := json.Marshal(object{"object": whatsAppObject, "entry": []object{{"id": "1029", "changes": []object{{"field": "messages", "value": things}}}}})
		require.NoError(t, err)
		return string(raw)
	}
	events, err := parse(post(value(map[string]int{"messages": 1000, "statuses": 1000, "calls": 1000, "message_echoes": 1000, "errors": 1000})))
	require.NoError(t, err)
	require.Len(t, events, maxItems)
	for _, over := range []string{"messages", "statuses", "calls", "message_echoes", "errors"} {
		lists := map[string]int{"messages": 1000, "statuses": 1000, "calls": 1000, "message_echoes": 1000, "errors": 1000}
		lists[over]++
		body := post(value(lists))
		_, err := parse(body)
		require.ErrorContains(t, err, "5,000", over)
		_, err = claimedAccount(body)
		require.Error(t, err, "who signed it is not looked for either")
		_, err = businesses(body)
		require.Error(t, err)
	}
}

// TestWhomABodyIsAbout: numbers by their ids, and business accounts where no number is
// named; what cannot be such an id names none.
func TestWhomABodyIsAbout(t *testing.T) {
	t.Parallel()
	for entries, want := range map[string][2][]string{
		`{"id":"1029","changes":[{"value":{"metadata":{"phone_number_id":"222"}}},{"value":{"metadata":{"phone_number_id":222}}}]}`:                   {{"222"}, nil},
		`{"id":"1029","changes":[{"value":{}},{"value":{"metadata":{"phone_number_id":"222"}}}]},{"id":1029,"changes":[{}]},{"id":"7","changes":[7]}`: {{"", "222"}, {"1029", "7"}},
		`{"id":"12x","changes":[{}]},{"id":"` + strings.Repeat("1", maxBusiness+1) + `","changes":[{}]}`:                                              {{""}, nil},
		`{"id":"` + strings.Repeat("1", maxBusiness) + `","changes":[{}]}`:                                                                            {{""}, {strings.Repeat("1", maxBusiness)}},
		`{"id":"1029","changes":[{"value":{"metadata":{"phone_number_id":"2\u0001"}}}]}`:                                                              {{""}, {"1029"}},
		``: {nil, nil},
	} {
		body := post(`{"object":"whatsapp_business_account","entry":[` + entries + `]}`)
		accounts, err := claimedAccounts(body)
		require.NoError(t, err)
		all, err := businesses(body)
		require.NoError(t, err)
		require.Equal(t, want, [2][]string{accounts, all}, entries)
		first, err := claimedAccount(body)
		require.NoError(t, err)
		require.Equal(t, append(accounts, "")[0], first)
	}
}
