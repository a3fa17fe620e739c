package twilio_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twilio/twilio-go/client"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
)

func TestCallbacksWaitForDeliver(t *testing.T) {
	s, base := start(t, twilio.Config{})
	d := openDoor(t)
	status := d.URL + "/status?delivery=7&x=a%20b"
	create(t, base, customer, "hello", "StatusCallback", status+"#rc=2&rp=all")
	require.Empty(t, d.said("MessageStatus"))
	require.Equal(t, "queued", s.Messages()[0].Status)

	sent, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Len(t, sent, 2)
	require.Equal(t, []string{"sent", "delivered"}, d.said("MessageStatus"))
	require.Equal(t, []string{"", "2606011200"}, d.said("RawDlrDoneDate"))
	require.Equal(t, "delivered", s.Messages()[0].Status)
	require.Equal(t, http.StatusOK, sent[0].Answer.Status)
	require.Equal(t, "<Response/>", sent[0].Answer.Body)

	validator := client.NewRequestValidator(token)
	for i, form := range d.forms {
		params := map[string]string{}
		for name, values := range form {
			params[name] = values[0]
		}
		for name, want := range map[string]string{
			"AccountSid": account, "ApiVersion": "2010-04-01", "From": ours, "To": customer,
			"MessageSid": s.Messages()[0].SID, "SmsSid": s.Messages()[0].SID, "SmsStatus": form.Get("MessageStatus"),
		} {
			require.Equal(t, want, params[name], name)
		}
		require.True(t, validator.Validate(status, params, d.heads[i].Get("X-Twilio-Signature")))
	}

	sent, err = s.Deliver(t.Context())
	require.NoError(t, err)
	require.Empty(t, sent, "nothing happens twice")
}

func TestMagicFates(t *testing.T) {
	for to, want := range map[string]string{
		"+15005552610": "failed 21610",
		"+15005553003": "sent, undelivered 30003",
		"+15005553005": "sent, undelivered 30005",
		"+15005553006": "sent, undelivered 30006",
		"+15005553007": "sent, undelivered 30007",
		"+15005556016": "failed 63016",
		"+15005559001": "sent, sent, delivered, delivered",
		"+15005559002": "delivered, sent",
		"+15005559003": "",
		customer:       "sent, delivered",
	} {
		s, base := start(t, twilio.Config{})
		d := openDoor(t)
		status, _, body := create(t, base, to, "hello", "StatusCallback", d.URL)
		require.Equal(t, http.StatusCreated, status, body)
		_, err := s.Deliver(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, story(d), to)
		final := strings.Fields(want)
		if to == "+15005559002" || to == "+15005559003" {
			final = []string{"delivered"} // whatever became of the callbacks
		}
		require.Contains(t, final, s.Messages()[0].Status, to)
	}
}

// story is what the door was told.
func story(d *door) string {
	var steps []string
	codes := d.said("ErrorCode")
	for i, status := range d.said("MessageStatus") {
		steps = append(steps, strings.TrimSpace(status+" "+codes[i]))
	}
	return strings.Join(steps, ", ")
}

func TestCallbacksBeforeTheAnswer(t *testing.T) {
	s, base := start(t, twilio.Config{})
	d := openDoor(t)
	_, _, body := create(t, base, "+15005559005", "hello", "StatusCallback", d.URL)
	require.Equal(t, "sent, delivered", story(d))
	require.Contains(t, body, `"status":"queued"`)
	require.Equal(t, "delivered", s.Messages()[0].Status)
}

func TestOutcomeAndDueTimes(t *testing.T) {
	now := clocktest.StoppedAt(noon)
	s, base := start(t, twilio.Config{Clock: now})
	d := openDoor(t)
	s.Outcome(customer, twilio.Plan{
		{Status: "delivered", After: time.Hour, Times: 2},
		{Status: "sent", After: time.Second},
		{Status: "sending", After: 2 * time.Second, Lost: true},
	})
	create(t, base, customer, "hello", "StatusCallback", d.URL)
	_, err := s.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Empty(t, story(d))
	now.Stop(noon.Add(time.Second))
	_, err = s.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, "sent", story(d))
	_, err = s.Deliver(t.Context())
	require.NoError(t, err)
	require.Equal(t, "sent, delivered, delivered", story(d))

	s.Outcome(customer, nil)
	create(t, base, customer, "again", "StatusCallback", d.URL)
	sent, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Len(t, sent, 2)
}

func TestTwiceSendsEveryCallbackTwice(t *testing.T) {
	s, base := start(t, twilio.Config{Twice: true})
	d := openDoor(t)
	create(t, base, customer, "hello", "StatusCallback", d.URL)
	_, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Equal(t, "sent, sent, delivered, delivered", story(d))
	require.Equal(t, d.heads[0].Get("I-Twilio-Idempotency-Token"), d.heads[1].Get("I-Twilio-Idempotency-Token"))
	require.NotEqual(t, d.heads[0].Get("I-Twilio-Idempotency-Token"), d.heads[2].Get("I-Twilio-Idempotency-Token"))
}

func TestRetriesAsTheURLSays(t *testing.T) {
	for fragment, want := range map[string]int{
		"": 1, "#rc=3": 1, "#rp=4xx": 1, "#rp=5xx": 2, "#rc=3&rp=all": 4, "#rc=0&rp=all": 1, "#rc=99&rp=ct,5xx": 6,
	} {
		s, _ := start(t, twilio.Config{})
		d := openDoor(t)
		d.answer = func(int) int { return http.StatusServiceUnavailable }
		answer, err := s.Text(t.Context(), d.URL+fragment, customer, ours, "hello")
		require.NoError(t, err)
		require.Equal(t, want, answer.Attempts, fragment)
		require.Len(t, d.said("Body"), want, fragment)
		require.Equal(t, 11200, s.Inbox(customer)[0].ErrorCode)
	}

	s, _ := start(t, twilio.Config{})
	d := openDoor(t)
	d.answer = func(n int) int { return map[bool]int{true: 503, false: 200}[n < 3] }
	answer, err := s.Text(t.Context(), d.URL+"#rc=5&rp=all", customer, ours, "hello")
	require.NoError(t, err)
	require.Equal(t, 3, answer.Attempts)
	require.Zero(t, s.Inbox(customer)[0].ErrorCode)

	answer, err = s.Text(t.Context(), "http://127.0.0.1:1/", customer, ours, "nobody is there")
	require.Error(t, err)
	require.Equal(t, 2, answer.Attempts, "a failed connection is tried once more by itself")
}

func TestAutoPlaysByItself(t *testing.T) {
	s, base := start(t, twilio.Config{Auto: true, CallbackDelay: time.Nanosecond})
	d := openDoor(t)
	for range 20 {
		create(t, base, customer, "hello", "StatusCallback", d.URL)
	}
	require.NoError(t, s.Wait(soon(t), func(state twilio.State) bool { return len(state.Callbacks) == 40 }))
	for _, m := range s.Messages() {
		require.Equal(t, "delivered", m.Status)
	}
	last := map[string]string{}
	for _, c := range s.State().Callbacks {
		require.Equal(t, map[string]string{"sent": "", "delivered": "sent"}[c.Status], last[c.Message], "each message's in order")
		last[c.Message] = c.Status
	}
}

func TestCloseStopsWhatIsUnderWay(t *testing.T) {
	s, base := start(t, twilio.Config{Auto: true, CallbackDelay: time.Hour})
	create(t, base, customer, "never delivered", "StatusCallback", "http://127.0.0.1:1/")
	s.Close()
	require.Equal(t, "queued", s.Messages()[0].Status)
	require.Error(t, s.Wait(canceled(t), func(twilio.State) bool { return false }))
	_, err := s.Listen("127.0.0.1:0")
	require.Error(t, err)
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestOrderIsThatOfTheTimes(t *testing.T) {
	s, base := start(t, twilio.Config{})
	d := openDoor(t)
	s.Outcome("+14155550101", twilio.Plan{{Status: "delivered", After: time.Hour}})
	s.Outcome("+14155550102", twilio.Plan{{Status: "failed", Code: 30001, After: time.Minute}})
	s.Outcome("+14155550103", twilio.Plan{{Status: "delivered", After: 2, Early: true}, {Status: "sent", After: 1, Early: true}})
	for _, to := range []string{"+14155550101", "+14155550102", "+14155550103"} {
		create(t, base, to, "hello", "StatusCallback", d.URL)
	}
	require.Equal(t, "sent, delivered", story(d), "within a message")
	_, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Equal(t, "sent, delivered, failed 30001, delivered", story(d), "and over all of them")
}
