package twilio_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
)

func TestTextIsASignedWebhook(t *testing.T) {
	s, _ := start(t, twilio.Config{})
	d := openDoor(t)
	answer, err := s.Text(t.Context(), d.URL+"/in", customer, ours, " Are you open? ")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	require.Regexp(t, `^SM[0-9a-f]{32}$`, answer.SID)
	want := url.Values{
		"AccountSid": {account}, "ApiVersion": {"2010-04-01"}, "MessageSid": {answer.SID}, "SmsSid": {answer.SID},
		"SmsMessageSid": {answer.SID}, "SmsStatus": {"received"}, "From": {customer}, "To": {ours},
		"Body": {" Are you open? "}, "NumMedia": {"0"}, "NumSegments": {"1"},
		"FromCity": {""}, "FromState": {""}, "FromZip": {""}, "FromCountry": {"US"},
		"ToCity": {""}, "ToState": {""}, "ToZip": {""}, "ToCountry": {"US"},
	}
	require.Empty(t, cmp.Diff(want, d.forms[0]))
	require.Equal(t, twilio.Sign(token, d.URL+"/in", want), d.heads[0].Get("X-Twilio-Signature"))
	require.Equal(t, "received", s.Inbox(customer)[0].Status)
	require.Empty(t, s.Messages(), "the gateway made none")
}

func TestTextOptions(t *testing.T) {
	s, _ := start(t, twilio.Config{})
	s.Account("ACother", "other")
	d := openDoor(t)
	answer, err := s.Text(t.Context(), d.URL, "whatsapp:"+customer, "whatsapp:"+ours, "",
		twilio.WithMedia("https://a.example/1.png", "image/png"), twilio.WithName("Ann"), twilio.Twice(),
		twilio.ToAccount("ACother"), twilio.WithParams(url.Values{"Forwarded": {"true"}, "SmsSid": nil}))
	require.NoError(t, err)
	require.Regexp(t, `^MM`, answer.SID)
	require.NotNil(t, answer.Second)
	require.Len(t, d.forms, 2)
	require.Empty(t, cmp.Diff(d.forms[0], d.forms[1]), "the same request, again")
	require.Equal(t, d.heads[0].Get("I-Twilio-Idempotency-Token"), d.heads[1].Get("I-Twilio-Idempotency-Token"))
	for name, want := range map[string]string{
		"ProfileName": "Ann", "WaId": "14155550123", "MessageType": "image", "NumMedia": "1", "AccountSid": "ACother",
		"MediaUrl0": "https://a.example/1.png", "MediaContentType0": "image/png", "Forwarded": "true",
	} {
		require.Equal(t, want, d.forms[0].Get(name), name)
	}
	require.NotContains(t, d.forms[0], "SmsSid")
	require.Equal(t, twilio.Sign("other", d.URL, d.forms[0]), d.heads[0].Get("X-Twilio-Signature"))
	require.Len(t, s.Inbox("whatsapp:"+customer), 1, "a repeat is one message")

	_, err = s.Text(t.Context(), d.URL, "whatsapp:"+customer, "whatsapp:"+ours, "", twilio.WithSID(answer.SID))
	require.NoError(t, err)
	require.Len(t, s.Inbox("whatsapp:"+customer), 1)
}

func TestOptOut(t *testing.T) {
	s, base := start(t, twilio.Config{Twice: true})
	d := openDoor(t)
	write := func(body string) {
		answer, err := s.Text(t.Context(), d.URL, customer, ours, body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status, "the webhook comes all the same")
	}
	status := func() int {
		status, _, _ := create(t, base, customer, "hello")
		return status
	}
	write("yes")
	require.Len(t, s.Inbox(customer), 1, "YES is just a word to who has not opted out")
	write(" Stop ")
	write("STOP")
	require.Equal(t, 400, status())
	other, _, _ := create(t, base, customer, "from another sender", "From", "+15005550100")
	require.Equal(t, 201, other)
	write("HELP")
	write("unstop")
	require.Equal(t, 201, status())
	write("please stop")
	require.Equal(t, 201, status())
	require.Equal(t, []string{"yes", " Stop ", "STOP", "HELP", "unstop", "please stop"}, everySecond(d.said("Body")))

	var directions []twilio.Direction
	for _, m := range s.Inbox(customer) {
		directions = append(directions, m.Direction)
	}
	in, out, provider := twilio.Inbound, twilio.OutboundAPI, twilio.OutboundReply
	require.Equal(t, []twilio.Direction{in, in, provider, in, out, in, provider, in, provider, out, in, out}, directions)
	require.Len(t, s.Messages(), 3, "the provider's own are not the gateway's")
	require.NotContains(t, d.forms[2], "OptOutType")
}

func everySecond(all []string) (some []string) {
	for i := 0; i < len(all); i += 2 {
		some = append(some, all[i])
	}
	return some
}

func TestOptOutByService(t *testing.T) {
	s, base := start(t, twilio.Config{OptOuts: twilio.OptOutsAdvanced})
	d := openDoor(t)
	_, err := s.Text(t.Context(), d.URL+"/in", customer, ours, "stop")
	require.NoError(t, err)
	require.Equal(t, []string{"STOP"}, d.said("OptOutType"))
	status, _, body := create(t, base, customer, "hello", "MessagingServiceSid", "MG1", "StatusCallback", d.URL)
	require.Equal(t, http.StatusCreated, status)
	require.Contains(t, body, `"status":"accepted"`)
	sent, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Len(t, sent, 1)
	require.Equal(t, "21610", sent[0].Params.Get("ErrorCode"))
	require.Equal(t, "MG1", sent[0].Params.Get("MessagingServiceSid"))
}

func TestOptOutsOff(t *testing.T) {
	s, base := start(t, twilio.Config{OptOuts: twilio.OptOutsOff})
	d := openDoor(t)
	_, err := s.Text(t.Context(), d.URL, customer, ours, "STOP")
	require.NoError(t, err)
	require.Len(t, s.Inbox(customer), 1)
	status, _, _ := create(t, base, customer, "hello")
	require.Equal(t, http.StatusCreated, status)
}

func TestWhatsAppWindow(t *testing.T) {
	now := clocktest.StoppedAt(noon)
	s, base := start(t, twilio.Config{Clock: now})
	in, d := openDoor(t), openDoor(t)
	them, us := "whatsapp:"+customer, "whatsapp:"+ours
	send := func(more ...string) {
		status, _, body := create(t, base, them, "hello", append(more, "From", us, "StatusCallback", d.URL)...)
		require.Equal(t, http.StatusCreated, status, body)
		_, err := s.Deliver(t.Context())
		require.NoError(t, err)
	}
	send()
	require.Equal(t, "failed 63016", story(d))
	_, err := s.Text(t.Context(), in.URL, them, us, "hello")
	require.NoError(t, err)
	send()
	require.Equal(t, "failed 63016, sent, delivered, read", story(d))
	require.Equal(t, []string{"", "", "DELIVERED", "READ"}, d.said("EventType"))
	now.Stop(noon.Add(25 * time.Hour))
	send()
	require.Equal(t, "failed 63016, sent, delivered, read, failed 63016", story(d))
	send("ContentSid", "HX1")
	require.Equal(t, "failed 63016, sent, delivered, read, failed 63016, sent, delivered, read", story(d))
}
