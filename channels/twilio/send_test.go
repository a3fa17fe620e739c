package twilio

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// apiCall is a call of the API as a server saw it.
type apiCall struct {
	method, path, user, password string
	query, form                  url.Values
}

// fakeAPI answers every call alike and notes the last one.
func fakeAPI(t *testing.T, status int, body string) (*url.URL, *apiCall) {
	t.Helper()
	last := &apiCall{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = apiCall{method: r.Method, path: r.URL.Path, query: r.URL.Query()}
		last.user, last.password, _ = r.BasicAuth()
		content, _ := io.ReadAll(r.Body)
		last.form, _ = url.ParseQuery(string(content))
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	return base, last
}

// TestAPIKey: a key is shown in place of the token at its own account alone, and is
// in no error.
func TestAPIKey(t *testing.T) {
	key := channels.APIKey{SID: "SK0123456789abcdef0123456789abcdef", Secret: "the key's secret"}
	account := testAccount
	account.Key = key
	base, last := fakeAPI(t, 201, created)
	channel := New(Config{BaseURL: base})
	text := channels.Outgoing{Kind: channels.SMS, From: "+15550001111", To: "+15550002222", Text: "Hi", PublicURL: publicURL}
	_, err := channel.Send(t.Context(), account, text)
	require.NoError(t, err)
	require.Equal(t, []string{key.SID, key.Secret, "/2010-04-01/Accounts/" + testSid + "/Messages.json"}, []string{last.user, last.password, last.path})
	other := channels.Account{ID: "AC00000000000000000000000000000001", Secrets: []string{"its own"}}
	_, err = channel.Send(t.Context(), other, text)
	require.NoError(t, err)
	require.Equal(t, []string{other.ID, "its own"}, []string{last.user, last.password})

	base, _ = fakeAPI(t, 401, `{"message": "the key's secret is wrong"}`)
	_, err = New(Config{BaseURL: base}).Send(t.Context(), account, text)
	require.Error(t, err)
	require.NotContains(t, err.Error(), key.Secret)
}

func TestSend(t *testing.T) {
	base, last := fakeAPI(t, 201, created)
	receipt, err := New(Config{BaseURL: base}).Send(context.Background(), testAccount, channels.Outgoing{
		Delivery: "018f&77", Kind: channels.SMS, From: "+15550001111", To: "+15550002222", Text: "We are closed.",
		Media: []channels.Attachment{{URL: "https://gw.example/1"}, {URL: "https://gw.example/2"}}, PublicURL: publicURL,
	})
	require.NoError(t, err)
	require.Equal(t, channels.Receipt{ProviderID: "SM33333333333333333333333333333333", State: channels.Sending, Segments: 2}, receipt)
	require.Equal(t, apiCall{
		method: "POST", path: "/2010-04-01/Accounts/" + testSid + "/Messages.json", user: testSid, password: testToken, query: url.Values{},
		form: url.Values{
			"From": {"+15550001111"}, "To": {"+15550002222"}, "Body": {"We are closed."},
			"MediaUrl":       {"https://gw.example/1", "https://gw.example/2"},
			"StatusCallback": {"https://gw.example/webhooks/twilio/status?delivery=018f%2677#rc=5&rp=all"},
		},
	}, *last)
}

func TestSendOnWhatsApp(t *testing.T) {
	base, last := fakeAPI(t, 201, created)
	_, err := New(Config{BaseURL: base}).Send(context.Background(), testAccount,
		channels.Outgoing{Kind: channels.WhatsAppTwilio, From: "+15550001111", To: "US.1349", Text: "Hi"})
	require.NoError(t, err)
	require.Equal(t, url.Values{"From": {"whatsapp:+15550001111"}, "To": {"whatsapp:US.1349"}, "Body": {"Hi"}}, last.form)
}

func TestSendRefusesWhatItDoesNotCarry(t *testing.T) {
	base, last := fakeAPI(t, 201, created)
	for _, kind := range []channels.Kind{"", channels.WebChat, channels.WhatsAppCloud} {
		_, err := New(Config{BaseURL: base}).Send(context.Background(), testAccount, channels.Outgoing{Kind: kind})
		var sendError *channels.SendError
		require.ErrorAs(t, err, &sendError)
		require.Equal(t, channels.ReasonMisconfigured, sendError.Reason)
	}
	require.Empty(t, last.method)
}

// TestSendGoesWhereConfigured: neither Twilio's own environment variables nor
// a path in front may lead a send astray.
func TestSendGoesWhereConfigured(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "sydney")
	t.Setenv("TWILIO_REGION", "au1")
	base, last := fakeAPI(t, 201, created)
	_, err := New(Config{BaseURL: base.JoinPath("twilio/")}).Send(context.Background(), testAccount, channels.Outgoing{Kind: channels.SMS})
	require.NoError(t, err)
	require.Equal(t, "/twilio/2010-04-01/Accounts/"+testSid+"/Messages.json", last.path)

	direct := &call{channel: New(Config{}), account: testAccount}
	target, err := direct.target("https://api.sydney.au1.twilio.com/2010-04-01/x?y=1")
	require.NoError(t, err)
	require.Equal(t, "https://api.twilio.com/2010-04-01/x?y=1", target.String())
}

// TestSendTimesOut: without any deadline from outside a silent provider does
// not hold a worker for ever.
func TestSendTimesOut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	_, err = New(Config{BaseURL: base, Timeout: 50 * time.Millisecond}).Send(context.Background(), testAccount, channels.Outgoing{Kind: channels.SMS})
	var sendError *channels.SendError
	require.ErrorAs(t, err, &sendError)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestErrorsSpeakToPeople(t *testing.T) {
	base, _ := fakeAPI(t, 400, `{"code": 21610, "message": "Attempt to send to unsubscribed recipient +15550002222", "status": 400}`)
	_, err := New(Config{BaseURL: base}).Send(context.Background(), testAccount, channels.Outgoing{Kind: channels.SMS})
	require.EqualError(t, err, "opted_out (21610): the person has opted out of texts from this sender")

	base, _ = fakeAPI(t, 400, `{"code": 29999, "message": "Something new\nabout you", "status": 400}`)
	_, err = New(Config{BaseURL: base}).Send(context.Background(), testAccount, channels.Outgoing{Kind: channels.SMS})
	require.EqualError(t, err, "rejected (29999): Something new about you")

	base, _ = fakeAPI(t, 413, strings.Repeat("x", 100))
	_, err = New(Config{BaseURL: base}).Send(context.Background(), testAccount, channels.Outgoing{Kind: channels.SMS})
	require.EqualError(t, err, "rejected (413): HTTP status 413")
}

// TestTemplatesGoByTheirContentSid: with the values by number, and no text.
func TestTemplatesGoByTheirContentSid(t *testing.T) {
	base, last := fakeAPI(t, 201, created)
	_, err := New(Config{BaseURL: base}).Send(context.Background(), testAccount, channels.Outgoing{
		Kind: channels.WhatsAppTwilio, From: "+15550001111", To: "US.1349", Text: "what it says to people",
		Template: &channels.Template{Name: "HX0123456789abcdef0123456789abcdef", Language: "en", Values: []string{"Ann", "a \"b\""}},
	})
	require.NoError(t, err)
	form := last.form
	require.Equal(t, "HX0123456789abcdef0123456789abcdef", form.Get("ContentSid"))
	require.JSONEq(t, `{"1": "Ann", "2": "a \"b\""}`, form.Get("ContentVariables"))
	require.Equal(t, []string{"whatsapp:+15550001111", "whatsapp:US.1349"}, []string{form.Get("From"), form.Get("To")})
	require.False(t, form.Has("Body"))
}
