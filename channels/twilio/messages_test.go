package twilio

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func parseOne(t *testing.T, parse func(channels.Request) ([]channels.Event, error), r channels.Request) channels.Event {
	t.Helper()
	events, err := parse(r)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, r.Body, events[0].Raw)
	events[0].Raw = nil
	return events[0]
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestMessage(t *testing.T) {
	form := sms("MessagingServiceSid", "MG1", "FromCity", "CHICAGO", "ButtonText", "not on SMS", "ButtonPayload", "nor this",
		"ToCity", "", "ProfileName", "Ann\r\nO'Neil")
	same(t, channels.Event{
		Kind: channels.MessageReceived, ProviderID: "SM22222222222222222222222222222222", Account: testSid,
		Sender: channels.SMS, SenderAddress: "+15550001111", CustomerAddress: "+15550002222",
		Message: &channels.Message{
			Text: "anybody there?", Name: "Ann O'Neil",
			Facts: map[string]string{"MessagingServiceSid": "MG1", "FromCity": "CHICAGO"},
		},
	}, parseOne(t, parseMessage, post(MessagesPath, form)))
}

// TestBase64: a long text has been seen to arrive as base64, which nobody writes, and
// which would hide a STOP. What anybody may write stays as it is.
func TestBase64(t *testing.T) {
	coded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	long := "Good morning, our mower does not start any more. Could somebody have a look at it? Zażółć gęślą jaźń 🙂\nAnn"
	for name, c := range map[string]struct{ body, want string }{
		"a long text":                  {coded(long), long},
		"in lines, as mail has it":     {coded(long)[:76] + "\r\n" + coded(long)[76:] + "\n", long},
		"a word":                       {coded("STOP"), coded("STOP")},
		"what is written by people":    {strings.Repeat("abcd", 20), strings.Repeat("abcd", 20)},
		"digits":                       {strings.Repeat("1234567890", 8), strings.Repeat("1234567890", 8)},
		"one long word":                {strings.Repeat("Ha", 40), strings.Repeat("Ha", 40)},
		"bytes that are no text":       {coded(strings.Repeat("\x00\x01\xff", 30)), coded(strings.Repeat("\x00\x01\xff", 30))},
		"a text of control characters": {coded(strings.Repeat("\x01 a", 30)), coded(strings.Repeat("\x01 a", 30))},
		"cut off":                      {coded(long)[:70], coded(long)[:70]},
		"with a word before it":        {"see " + coded(long), "see " + coded(long)},
	} {
		m := parseOne(t, parseMessage, post(MessagesPath, sms("Body", c.body))).Message
		require.Equal(t, c.want, m.Text, name)
	}
	onWhatsApp := sms("From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111", "Body", coded(long))
	require.Equal(t, coded(long), parseOne(t, parseMessage, post(MessagesPath, onWhatsApp)).Message.Text, "no carrier has had it")
}

// TestWhatsAppForms: what was filled into a flow is said in words, beside a text or
// without one, and a kind that is new to us with whatever text it carries.
func TestWhatsAppForms(t *testing.T) {
	for form, want := range map[*url.Values]channels.Message{
		{"Body": {""}, "FlowData": {`{"flow_token":"x","day":"Tuesday","people":2}`}}:      {Kind: channels.FormMessage, Text: "day: Tuesday\npeople: 2"},
		{"Body": {"Sent"}, "FlowData": {`{"agreed":"yes"}`}}:                               {Kind: channels.FormMessage, Text: "Sent\nagreed: yes"},
		{"Body": {"Yes"}, "FlowData": {`{}`}, "ButtonPayload": {"yes:q"}}:                  {Kind: channels.FormMessage, Text: "Yes\n{}", Reply: "yes:q"},
		{"Body": {""}, "InteractiveData": {`{"type":"poll","question":"When?"}`}}:          {Kind: channels.UnknownMessage, Text: "⚠ When?"},
		{"Body": {""}, "InteractiveData": {"no JSON"}}:                                     {Kind: channels.UnknownMessage, Text: "⚠ no JSON"},
		{"Body": {"Tuesday"}, "InteractiveData": {`{"title":"Tuesday"}`}, "ListId": {"1"}}: {Text: "Tuesday", Reply: "1"},
	} {
		body := sms("From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111")
		for name, values := range *form {
			body[name] = values
		}
		m := parseOne(t, parseMessage, post(MessagesPath, body)).Message
		m.Facts = nil
		same(t, &want, m)
	}
}

func TestWhatsAppMessage(t *testing.T) {
	form := sms("From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111", "Body", "Tuesday", "ListId", "slot_2", "ListTitle", "Tuesday",
		"OriginalRepliedMessageSid", "SM33333333333333333333333333333333", "ExternalUserId", "whatsapp:US.1349", "Forwarded", "true", "Latitude", "52.3", "Longitude", "4.75", "Label", "Depot",
		"ReferralSourceUrl", "https://fb.example/x", "OptOutType", "STOP")
	same(t, channels.Event{
		Kind: channels.MessageReceived, ProviderID: "SM22222222222222222222222222222222", Account: testSid,
		Sender: channels.WhatsAppTwilio, SenderAddress: "+15550001111", CustomerAddress: "+15550002222", Also: []string{"US.1349"},
		Message: &channels.Message{
			Text: "Tuesday", Reply: "slot_2", OptOut: channels.OptOutStop, About: "SM33333333333333333333333333333333",
			Facts: map[string]string{
				"ListTitle": "Tuesday", "OriginalRepliedMessageSid": "SM33333333333333333333333333333333", "ExternalUserId": "whatsapp:US.1349", "Forwarded": "true", "Latitude": "52.3", "Longitude": "4.75",
				"Label": "Depot", "ReferralSourceUrl": "https://fb.example/x",
			},
		},
	}, parseOne(t, parseMessage, post(MessagesPath, form)))
}

// TestOnePersonByTwilio: beside an address stand the person's others; WaId says
// the same as a number in From, and the number where From has none.
func TestOnePersonByTwilio(t *testing.T) {
	for _, c := range []struct {
		from   string
		beside []string
		also   []string
	}{
		{"whatsapp:+15550002222", []string{"WaId", "15550002222"}, nil},
		{"whatsapp:+15550002222", []string{"WaId", "15550002222", "ExternalUserId", "whatsapp:US.1349", "ParentExternalUserId", "whatsapp:US.ENT.7"}, []string{"US.1349", "US.ENT.7"}},
		{"whatsapp:US.1349", []string{"ExternalUserId", "US.1349"}, nil},
		{"whatsapp:US.1349", []string{"ExternalUserId", "whatsapp:US.1349", "WaId", "15550002222"}, []string{"+15550002222"}},
		{"whatsapp:US.1349", []string{"WaId", "US.1349"}, nil},
		{"+15550002222", []string{"ExternalUserId", "whatsapp:US.1349"}, nil},
	} {
		to := "+15550001111"
		if strings.HasPrefix(c.from, whatsApp) {
			to = whatsApp + to
		}
		e := parseOne(t, parseMessage, post(MessagesPath, sms(append([]string{"From", c.from, "To", to}, c.beside...)...)))
		require.Equal(t, c.also, e.Also, "%v", c)
	}
}

// TestAPlaceInWords: a location has no text of its own.
func TestAPlaceInWords(t *testing.T) {
	form := sms("From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111", "Body", "", "Latitude", "52.3", "Longitude", "4.75", "Label", "Depot", "Address", "Kade 1")
	m := parseOne(t, parseMessage, post(MessagesPath, form)).Message
	require.Equal(t, []string{"location", "📍 Depot, Kade 1, 52.3 4.75"}, []string{string(m.Kind), m.Text})
}

func TestReplyOfAButton(t *testing.T) {
	e := parseOne(t, parseMessage, post(MessagesPath, sms("From", "whatsapp:+1", "To", "whatsapp:+2", "ButtonPayload", "yes", "ListId", "other")))
	require.Equal(t, "yes", e.Message.Reply)
}

func TestPeers(t *testing.T) {
	for _, c := range []struct {
		from, to     string
		kind         channels.Kind
		theirs, ours string
	}{
		{"+15550002222", "+15550001111", channels.SMS, "+15550002222", "+15550001111"},
		{"ACME Größe", "12345", channels.SMS, "ACME Größe", "12345"},
		{"whatsapp:+1555", "whatsapp:+1556", channels.WhatsAppTwilio, "+1555", "+1556"},
		{"whatsapp:%2B1555", "whatsapp:+1556", channels.WhatsAppTwilio, "+1555", "+1556"},
		{"whatsapp: 1555", " 1556", channels.WhatsAppTwilio, "+1555", "+1556"},
		{"whatsapp:+1555", "+1556", channels.WhatsAppTwilio, "+1555", "+1556"},
		{"+1555", "whatsapp:+1556", channels.WhatsAppTwilio, "+1555", "+1556"},
		{"whatsapp:US.13491208655302741918", "whatsapp:+1556", channels.WhatsAppTwilio, "US.13491208655302741918", "+1556"},
		{"messenger:27456897512", "messenger:141", "", "messenger:27456897512", "messenger:141"},
		{"rcs:+15550002222", "rcs:valley_agent", channels.SMS, "+15550002222", "rcs:valley_agent"},
		{"rcs:%2B15550002222", "rcs:valley_agent", channels.SMS, "+15550002222", "rcs:valley_agent"},
		{"rcs:valley_agent", "rcs:+15550002222", channels.SMS, "rcs:valley_agent", "+15550002222"},
		{"rcs:x", "+1556", channels.SMS, "rcs:x", "+1556"},
		{"+1555", "client:joe", "", "+1555", "client:joe"},
	} {
		e := parseOne(t, parseMessage, post(MessagesPath, sms("From", c.from, "To", c.to)))
		require.Equal(t, []any{c.kind, c.theirs, c.ours}, []any{e.Sender, e.CustomerAddress, e.SenderAddress}, "%s to %s", c.from, c.to)
	}
}

func TestMedia(t *testing.T) {
	form := sms("NumMedia", "0", "MediaUrl0", "https://api.example/0", "MediaContentType0", "image/jpeg",
		"MediaUrl1", "file:///etc/passwd", "MediaUrl3", "https://api.example/3")
	e := parseOne(t, parseMessage, post(MessagesPath, form))
	require.Equal(t, []channels.Media{{URL: "https://api.example/0", ContentType: "image/jpeg"}, {URL: "file:///etc/passwd"}}, e.Message.Media)

	for _, count := range []string{"999999999", "-1", "x"} {
		require.Empty(t, parseOne(t, parseMessage, post(MessagesPath, sms("NumMedia", count))).Message.Media)
	}
	many := sms()
	for _, n := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"} {
		many.Set("MediaUrl"+n, "https://api.example/"+n)
	}
	require.Len(t, parseOne(t, parseMessage, post(MessagesPath, many)).Message.Media, 10)
}

func TestOptOutTypes(t *testing.T) {
	for word, want := range map[string]channels.OptOut{"STOP": "STOP", "START": "START", "HELP": "HELP", "": "", "stop": "", "X": ""} {
		require.Equal(t, want, parseOne(t, parseMessage, post(MessagesPath, sms("OptOutType", word))).Message.OptOut)
	}
}

// TestWhatARequestMustHave goes for both doors, which share the reading.
func TestWhatARequestMustHave(t *testing.T) {
	for field, spoil := range map[string]func(url.Values){
		"AccountSid": func(f url.Values) { f.Del("AccountSid") },
		"MessageSid": func(f url.Values) { f.Set("MessageSid", strings.Repeat("S", 65)) },
		"SmsSid":     func(f url.Values) { f.Del("MessageSid"); f.Set("SmsSid", "\xff") },
		"From":       func(f url.Values) { f.Del("From") },
		"To":         func(f url.Values) { f.Set("To", "+1\n2") },
	} {
		form := sms("MessageStatus", "sent")
		spoil(form)
		for _, parse := range []func(channels.Request) ([]channels.Event, error){parseMessage, parseStatus} {
			_, err := parse(post("/", form))
			var malformed *channels.Malformed
			require.ErrorAs(t, err, &malformed, field)
			require.Equal(t, field, malformed.Field)
		}
	}
	for _, field := range []string{"From", "To"} {
		_, err := parseMessage(post("/", sms(field, "whatsapp:")))
		require.EqualError(t, err, field+": is a prefix without an address")
	}
	form := sms()
	form.Del("MessageSid")
	form.Set("SmsMessageSid", "SM9")
	require.Equal(t, "SM9", parseOne(t, parseMessage, post("/", form)).ProviderID)
}

func TestClaimedAccount(t *testing.T) {
	account, err := claimedAccount(post(MessagesPath, sms()))
	require.NoError(t, err)
	require.Equal(t, testSid, account)
	_, err = claimedAccount(postBody(MessagesPath, nil))
	require.EqualError(t, err, "AccountSid: is missing")
	_, err = claimedAccount(postBody(MessagesPath, []byte("AccountSid=AC1&X=%ZZ")))
	require.EqualError(t, err, "X: broken percent-encoding")
}
