package twilio_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		what    string
		fault   twilio.Fault
		status  int
		body    string
		header  string // Retry-After
		created int
	}{
		{"too fast", twilio.Fault{Status: 429, RetryAfter: 1500 * time.Millisecond}, 429, `"code":20429`, "2", 0},
		{"code alone", twilio.Fault{Code: 21610}, 400, `"code":21610`, "", 0},
		{"code and status", twilio.Fault{Code: 30001, Status: 400}, 400, `"code":30001`, "", 0},
		{"unavailable", twilio.Fault{Status: 503}, 503, `"code":20503`, "", 0},
		{"broken, not taken", twilio.Fault{Status: 500}, 500, `"code":20500`, "", 0},
		{"broken, but taken", twilio.Fault{Status: 500, Taken: true}, 500, `"code":20500`, "", 1},
		{"a proxy's page", twilio.Fault{Status: 502}, 502, "<html>", "", 0},
		{"nothing at all", twilio.Fault{Status: 504}, 504, "", "", 0},
		{"closed", twilio.Fault{Close: true}, 0, "", "", 0},
		{"taken, then closed", twilio.Fault{Close: true, Taken: true}, 0, "", "", 1},
	} {
		s, base := start(t, twilio.Config{})
		c.fault.Times = 1
		s.Fault(c.fault)
		status, header, body := create(t, base, customer, "hello")
		require.Equal(t, c.status, status, c.what)
		require.Contains(t, body, c.body, c.what)
		if c.body == "" {
			require.Empty(t, body, c.what)
		}
		require.Equal(t, c.header, header.Get("Retry-After"), c.what)
		require.Len(t, s.Messages(), c.created, c.what)

		status, _, _ = create(t, base, customer, "again")
		require.Equal(t, http.StatusCreated, status, c.what)
	}
}

func TestFaultsMatch(t *testing.T) {
	s, base := start(t, twilio.Config{})
	s.Fault(twilio.Fault{To: customer, Body: "closed", Times: 2, Status: 503})
	s.Fault(twilio.Fault{Match: func(r twilio.Request) bool { return r.From == ours && r.Body == "odd" }, Code: 30001, Status: 400})
	s.Fault(twilio.Fault{On: "list", Status: 500})
	for _, c := range []struct {
		to, body string
		want     int
	}{
		{customer, "open", 201},
		{"+14155550199", "we are closed", 201},
		{customer, "we are closed", 503},
		{customer, "closed", 503},
		{customer, "closed", 201},
		{customer, "odd", 400},
		{customer, "odd", 400},
	} {
		status, _, _ := create(t, base, c.to, c.body)
		require.Equal(t, c.want, status, c.body)
	}
	list := base + "/2010-04-01/Accounts/" + account + "/Messages.json"
	status, _, _ := call(t, http.MethodGet, list, nil)
	require.Equal(t, 500, status)
	s.ClearFaults()
	status, _, _ = call(t, http.MethodGet, list, nil)
	require.Equal(t, 200, status)
}

func TestMagicFaults(t *testing.T) {
	s, base := start(t, twilio.Config{})
	for to, want := range map[string]int{
		"+15005559429": 429, "+15005559500": 500, "+15005559501": 500, "+15005559502": 502, "+15005559503": 503,
		"+15005559504": 504, "+15005559601": 0, "+15005559602": 0,
	} {
		status, _, _ := create(t, base, to, "hello")
		require.Equal(t, want, status, to)
	}
	require.Len(t, s.Messages(), 2, "9501 and 9602 were taken")
}

func TestHangingTakesAndNeverAnswers(t *testing.T) {
	s, base := start(t, twilio.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		form := url.Values{"From": {ours}, "To": {"+15005559603"}, "Body": {"hello"}}
		request, _ := http.NewRequestWithContext(ctx, http.MethodPost, base+"/2010-04-01/Accounts/"+account+"/Messages.json", strings.NewReader(form.Encode()))
		request.SetBasicAuth(account, token)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		_, err := http.DefaultClient.Do(request)
		gone <- err
	}()
	require.NoError(t, s.Wait(soon(t), func(state twilio.State) bool { return len(state.Messages) == 1 }))
	select {
	case err := <-gone:
		require.Fail(t, "it was answered", "%v", err)
	default:
	}
	cancel()
	require.ErrorIs(t, <-gone, context.Canceled)
}

func TestDown(t *testing.T) {
	s, base := start(t, twilio.Config{})
	s.Down(true)
	status, _, _ := create(t, base, customer, "hello")
	require.Zero(t, status)
	s.Down(false)
	status, _, _ = create(t, base, customer, "hello")
	require.Equal(t, http.StatusCreated, status)
	require.Len(t, s.Messages(), 1)
}

func TestSwitchesOverHTTP(t *testing.T) {
	s, base := start(t, twilio.Config{})
	flip := func(method, path, body, kind string) int {
		request, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Content-Type", kind)
		request.Close = true
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	json := "application/json"
	require.Equal(t, 204, flip("POST", "/simulator/faults", `{"to":"`+customer+`","status":429,"retry_after":3,"times":5}`, json))
	status, header, _ := create(t, base, customer, "hello")
	require.Equal(t, 429, status)
	require.Equal(t, "3", header.Get("Retry-After"))
	require.Equal(t, 204, flip("DELETE", "/simulator/faults", "", ""))
	require.Equal(t, 204, flip("POST", "/simulator/down", `{"down":true}`, json))
	status, _, _ = create(t, base, customer, "hello")
	require.Zero(t, status)
	require.Equal(t, 204, flip("POST", "/simulator/down", `{"down":false}`, json))
	require.Equal(t, 204, flip("POST", "/simulator/outcomes", `{"to":"`+customer+`","steps":[{"status":"undelivered","code":30003,"after":0.5,"times":2}]}`, json))
	d := openDoor(t)
	create(t, base, customer, "hello", "StatusCallback", d.URL)
	_, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Equal(t, "undelivered 30003, undelivered 30003", story(d))

	require.Equal(t, 204, flip("POST", "/simulator/outcomes", `{"to":"`+customer+`"}`, json))
	require.Equal(t, 204, flip("POST", "/simulator/trial", `{"on":true}`, json))
	create(t, base, customer, "hello")
	messages := s.Messages()
	require.Equal(t, "Sent from your Twilio trial account - hello", messages[len(messages)-1].Body)
	require.Equal(t, 204, flip("POST", "/simulator/content", `{"sid":"HX1","status":"paused"}`, json))
	d = openDoor(t)
	create(t, base, "whatsapp:"+customer, "", "From", "whatsapp:"+ours, "ContentSid", "HX1", "StatusCallback", d.URL)
	_, err = s.Deliver(t.Context())
	require.NoError(t, err)
	require.Equal(t, "failed 63041", story(d))
	require.Equal(t, 204, flip("POST", "/simulator/username", `{"number":"`+customer+`","id":"US.1349","hidden":true}`, json))
	d = openDoor(t)
	_, err = s.Text(t.Context(), d.URL, "whatsapp:"+customer, "whatsapp:"+ours, "hello")
	require.NoError(t, err)
	require.Len(t, s.Inbox("whatsapp:US.1349"), 1)

	require.Equal(t, 415, flip("POST", "/simulator/down", `{"down":true}`, "text/plain"))
	require.Equal(t, 400, flip("POST", "/simulator/faults", `{"stauts":429}`, json))
}
