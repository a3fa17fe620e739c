package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

const (
	sid   = "AC00000000000000000000000000000001"
	token = "0123456789abcdef0123456789abcdef"
)

func (b *browser) ofTeamSenders() []settings.Sender {
	b.t.Helper()
	all, err := settings.ListSenders(b.t.Context(), b.db, b.gate.Company, b.team, "", 100)
	require.NoError(b.t, err)
	return all
}

func TestASendersLife(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/senders"
	require.Contains(t, b.get(path).text, "With none, nobody can write or call.")
	b.post(path, "kind", "sms", "address", " +13125550102 ", "account_sid", sid, "auth_token", token, "api_key", "").leadsTo(t, path)
	one := b.ofTeamSenders()[0]
	shown := b.get(path)
	require.Contains(t, shown.text, "13125550102")
	require.Contains(t, shown.text, "/webhooks/twilio/messages")
	require.Contains(t, shown.text, "****cdef")
	require.NotContains(t, shown.text, token)
	require.Contains(t, shown.text, "nothing heard yet")

	b.post(path+"/"+one.ID, "kind", "sms", "rate", "2,5", "rate_was", "1", "observe", "true").leadsTo(t, path)
	one = b.ofTeamSenders()[0]
	require.Equal(t, settings.SenderSettings{MessagesPerSecond: 2.5, Observe: true}, one.Settings)
	require.Contains(t, b.get(path).text, "Observe mode is on")
	b.post(path+"/"+one.ID, "kind", "sms", "rate", "2.5", "rate_was", "2.5", "own_keywords", "true").leadsTo(t, path)
	require.Equal(t, settings.SenderSettings{MessagesPerSecond: 2.5, OwnKeywords: true}, b.ofTeamSenders()[0].Settings)

	_, err := b.db.Exec(`update senders set paused_at = now(), paused_for = '20003' where id = $1`, one.ID)
	require.NoError(t, err)
	require.Contains(t, b.get(path).text, "Nothing goes out from here")
	for range 2 {
		b.post(path+"/"+one.ID, "what", "resume").leadsTo(t, path)
	}
	require.Nil(t, b.ofTeamSenders()[0].PausedAt)

	fresh := strings.Repeat("f", 28) + "9876"
	b.post(path+"/"+one.ID, "what", "account", "kind", "sms", "account_sid", sid, "auth_token", fresh).leadsTo(t, path)
	require.Contains(t, b.get(path).text, "****9876")

	const key, secret = "SK00112233445566778899aabbccddeeff", "the-secret-of-the-key-4321"
	require.Contains(t, b.post(path+"/"+one.ID, "what", "account", "kind", "sms", "account_sid", sid, "api_key", "SK1", "api_key_secret", secret).text, "It begins with SK")
	b.post(path+"/"+one.ID, "what", "account", "kind", "sms", "account_sid", sid, "api_key", key, "api_key_secret", secret).leadsTo(t, path)
	shown = b.get(path)
	require.Contains(t, shown.text, "****9876", "what was left empty stays")
	require.Contains(t, shown.text, `value="`+key+`"`)
	require.Contains(t, shown.text, "****4321")
	require.NotContains(t, shown.text, secret)
	b.post(path+"/"+one.ID, "what", "account", "kind", "sms", "account_sid", sid, "api_key", key, "auth_token", fresh).leadsTo(t, path)
	require.Contains(t, b.get(path).text, "****4321")
	b.post(path+"/"+one.ID, "what", "account", "kind", "sms", "account_sid", sid).leadsTo(t, path)
	require.NotContains(t, b.get(path).text, key, "a key that was deleted is used no more")

	_, err = b.db.Exec(`insert into strays (id, account, kind, ours, provider_id, payload, received_at)
		values (gen_random_uuid(), $1, 'message', '+13125550199', 'SM1', '{"Theirs": "+13125550123"}', now())`, sid)
	require.NoError(t, err)
	require.Contains(t, b.get(path).text, `/senders/new?address=%2b13125550199`)
	require.Equal(t, "+13125550199", b.get(path+"/new?address=%2b13125550199").form(t, "sender").Get("address"))

	b.post(path+"/"+one.ID+"/delete").leadsTo(t, path)
	require.Empty(t, b.ofTeamSenders())
	require.Equal(t, http.StatusNotFound, b.post(path+"/"+one.ID+"/delete").status)
}

func TestWhatCannotBeASender(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/senders"
	b.post(path, "kind", "webchat", "address", "our-site").leadsTo(t, path)
	for _, one := range []struct{ kind, address, more, value, fault string }{
		{"sms", "312 555", "", "", `id="address-fault">Enter a phone number`},
		{"webchat", "two words", "", "", `id="address-fault">Enter a key`},
		{"webchat", "our-site", "", "", `id="address-fault">This one is in use already`},
		{"sms", "+13125550102", "account_sid", `"><script>alert(1)</script>`, `id="account_sid-fault">It begins with AC`},
		{"sms", "+13125550102", "account_sid", sid, `id="auth_token-new-fault">Copy it`},
		{"whatsapp_cloud", "+13125550102", "phone_number_id", "x", `id="phone_number_id-fault">Digits only`},
		{"whatsapp_cloud", "+13125550102", "", "", `id="phone_number_id-fault">Digits only`},
		{"fax", "+13125550102", "", "", `id="kind-fault">Choose one`},
	} {
		form := url.Values{"kind": {one.kind}, "address": {one.address}, one.more: {one.value}}
		answer := b.ask("POST", path, form)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status, one)
		require.Contains(t, answer.text, one.fault, one)
		require.NotContains(t, answer.text, "<script>alert")
		require.Equal(t, one.address, answer.form(t, "sender").Get("address"))
	}
	require.Len(t, b.ofTeamSenders(), 1)
	b.post(path, "kind", "sms", "address", "+13125550102", "account_sid", sid, "auth_token", token).leadsTo(t, path)
	for _, one := range b.ofTeamSenders() {
		if one.Kind == channels.SMS {
			refused := b.post(path+"/"+one.ID, "kind", "sms", "rate", "fast", "rate_was", "1")
			require.Equal(t, http.StatusUnprocessableEntity, refused.status)
			require.Contains(t, refused.text, `value="fast"`)
			require.Contains(t, refused.text, "Enter a number above 0")
		}
	}
}

func TestAChatsSitesAndKeys(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/senders"
	b.post(path, "kind", "webchat", "address", "our-site").leadsTo(t, path)
	chat := path + "/" + b.ofTeamSenders()[0].ID
	require.Contains(t, b.get(path).text, "is not on any website yet")
	require.Contains(t, b.get(path).text, "never: put the line below on your website")
	require.Contains(t, b.get(path).text, "What to put on your website")
	require.NotContains(t, b.get(path).text, "addresses below at the provider", "a chat has none")
	for typed, fault := range map[[2]string]string{
		{"https://www.example.com/path", "#1f6f4a"}:        "Enter addresses of websites",
		{"www.example.com", ""}:                            "Enter addresses of websites",
		{"https://www.example.com", "green"}:               "Enter a color",
		{`https://"><script>alert(1)</script>`, "#1f6f4a"}: "Enter addresses of websites",
	} {
		refused := b.post(chat, "what", "chat", "kind", "webchat", "origins", typed[0], "color", typed[1])
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, typed)
		require.Contains(t, refused.text, fault)
		require.NotContains(t, refused.text, "<script>alert")
		require.Contains(t, refused.text, html.EscapeString(typed[0]), "what was typed is still there")
	}
	b.post(chat, "what", "chat", "kind", "webchat", "origins", " https://www.example.com/\r\n\r\nhttps://example.com\r\n", "color", "#1F6F4A").leadsTo(t, path)
	kept := b.ofTeamSenders()[0].Settings
	require.Equal(t, settings.SenderSettings{Origins: []string{"https://www.example.com", "https://example.com"}, Color: "#1F6F4A"}, kept)
	require.NotContains(t, b.get(path).text, "is not on any website yet")

	made := b.post(chat + "/identity-keys")
	require.Equal(t, http.StatusOK, made.status)
	secret := regexp.MustCompile(`data-copy="([A-Za-z0-9_-]{43})"`).FindStringSubmatch(made.text)
	require.NotNil(t, secret, "the key is shown")
	require.Regexp(t, ` autofocus><p>[^<]*</p><p class="row"><code>`+secret[1], made.text, "in sight, however far down its sender stands")
	require.NotContains(t, b.get(path).text, secret[1], "this once")
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(made.text)[1]
	b.post(chat+"/identity-keys/end", "key", key).leadsTo(t, path)
	require.Equal(t, http.StatusNotFound, b.post(chat+"/identity-keys/end", "key", key).status)
}

// TestWhatProvidersTellOfASender stands in words, with what was written below; of what
// may hold customers' words only what it is about.
func TestWhatProvidersTellOfASender(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/senders"
	b.post(path, "kind", "sms", "address", "+13125550102").leadsTo(t, path)
	one := b.ofTeamSenders()[0]
	for name, event := range map[string][2]string{
		"quality": {`{"kind": "phone_number_quality_update", "own": true, "facts": {"current_limit": "TIER_10K", "event": "SOME_NEW_WORD"}}`, `{"field": "<raw>"}`},
		"echo":    {`{"kind": "message_echoes"}`, `{"field": "what a customer wrote"}`},
	} {
		_, err := b.db.Exec(`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, raw)
			select company_id, gen_random_uuid(), team_id, id, 'note', $2, now(), now(), json_build_object('Note', $3::json), $4 from senders where id = $1`,
			one.ID, name, event[0], []byte(event[1]))
		require.NoError(t, err)
	}
	_, err := b.db.Exec(`insert into strays (id, account, kind, ours, provider_id, received_at, payload) values (gen_random_uuid(), '', 'note', '', 'n', now(), '{"Business": "77", "Note": {"kind": "account_update"}}')`)
	require.NoError(t, err)
	page := b.get(path).text
	for _, said := range []string{"What the provider told", "Quality and limit of the number", "Limit: 10,000 people a day", "What happened: some new word", "&lt;raw&gt;", "message_echoes", "WhatsApp Business Account 77"} {
		require.Contains(t, page, said)
	}
	require.NotContains(t, page, "what a customer wrote")
}
