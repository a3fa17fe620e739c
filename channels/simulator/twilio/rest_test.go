package twilio_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
)

// here sends what is meant for api.twilio.com to the simulator.
type here struct {
	host      string
	transport http.RoundTripper
}

func (h here) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", h.host
	return h.transport.RoundTrip(r)
}

func apiOf(t *testing.T, base, secret string) *openapi.ApiService {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c := &client.Client{
		Credentials: client.NewCredentials(account, secret),
		HTTPClient:  &http.Client{Transport: here{strings.TrimPrefix(base, "http://"), transport}},
	}
	c.SetAccountSid(account)
	return openapi.NewApiService(client.NewRequestHandler(c))
}

func TestTwilioGoAsClient(t *testing.T) {
	s, base := start(t, twilio.Config{})
	api := apiOf(t, base, token)

	params := &openapi.CreateMessageParams{}
	params.SetFrom(ours).SetTo(customer).SetBody("We are closed. 👍").SetStatusCallback("https://gateway.example/status?delivery=1")
	created, err := api.CreateMessage(params)
	require.NoError(t, err)
	require.Regexp(t, `^SM[0-9a-f]{32}$`, *created.Sid)
	require.Equal(t, "queued", *created.Status)
	require.Equal(t, "outbound-api", *created.Direction)
	require.Equal(t, "Mon, 01 Jun 2026 12:00:00 +0000", *created.DateCreated)
	require.Equal(t, "1", *created.NumSegments)
	require.Nil(t, created.ErrorCode)
	require.Nil(t, created.DateSent)

	fetched, err := api.FetchMessage(*created.Sid, nil)
	require.NoError(t, err)
	require.Equal(t, created, fetched)
	require.Equal(t, *created.Sid, s.Messages()[0].SID)
	require.Equal(t, "https://gateway.example/status?delivery=1", s.Messages()[0].Callback)

	for secret, want := range map[string]client.TwilioRestError{
		token:   {Status: 404, Code: 20404},
		"wrong": {Status: 401, Code: 20003},
	} {
		_, err = apiOf(t, base, secret).FetchMessage("SM00000000000000000000000000000000", nil)
		var refused *client.TwilioRestError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, want.Status, refused.Status)
		require.Equal(t, want.Code, refused.Code)
	}
}

func TestTwilioGoLists(t *testing.T) {
	now := clocktest.StoppedAt(noon)
	_, base := start(t, twilio.Config{Clock: now})
	api := apiOf(t, base, token)
	for i := range 25 {
		now.Stop(noon.Add(time.Duration(i) * time.Hour))
		status, _, _ := create(t, base, customer, fmt.Sprint(i))
		require.Equal(t, http.StatusCreated, status)
		create(t, base, "+14155550199", "somebody else")
	}
	params := &openapi.ListMessageParams{}
	params.SetTo(customer).SetFrom(ours).SetPageSize(10).SetDateSentAfter(noon.Add(2 * time.Hour))
	listed, err := api.ListMessage(params)
	require.NoError(t, err)
	var bodies []string
	for _, m := range listed {
		bodies = append(bodies, *m.Body)
	}
	var want []string
	for i := 24; i >= 2; i-- {
		want = append(want, fmt.Sprint(i))
	}
	require.Equal(t, want, bodies, "all pages, newest first, from the date on")

	params.SetDateSentBefore(noon.Add(3 * time.Hour))
	listed, err = api.ListMessage(params)
	require.NoError(t, err)
	require.Len(t, listed, 2)
}

func TestListPages(t *testing.T) {
	_, base := start(t, twilio.Config{})
	for i := range 5 {
		create(t, base, customer, fmt.Sprint(i))
	}
	get := func(uri string) (bodies string, next, previous *string) {
		status, _, body := call(t, http.MethodGet, base+uri, nil)
		require.Equal(t, http.StatusOK, status)
		var page struct {
			Next     *string `json:"next_page_uri"`
			Previous *string `json:"previous_page_uri"`
			Messages []struct{ Body string }
		}
		require.NoError(t, json.Unmarshal([]byte(body), &page))
		for _, m := range page.Messages {
			bodies += m.Body
		}
		return bodies, page.Next, page.Previous
	}
	first, next, previous := get("/2010-04-01/Accounts/" + account + "/Messages.json?PageSize=2&DateSent=2026-06-01&To=" + url.QueryEscape(customer))
	require.Equal(t, "43", first)
	require.Nil(t, previous)
	create(t, base, customer, "new")
	second, next, previous := get(*next)
	require.Equal(t, "21", second, "a message that came meanwhile moves nothing")
	again, _, _ := get(*previous)
	require.Equal(t, "43", again)
	third, next, _ := get(*next)
	require.Equal(t, "0", third)
	require.Nil(t, next)

	status, _, body := call(t, http.MethodGet, base+"/2010-04-01/Accounts/"+account+"/Messages.json?DateSent>=yesterday", nil)
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, body, `"code":20001`)
}

func TestCreateRefuses(t *testing.T) {
	_, base := start(t, twilio.Config{Numbers: []string{"+15005550100"}})
	for _, c := range []struct {
		what   string
		fields []string
		status int
		code   int
	}{
		{"invalid to", []string{"To", "12"}, 400, 21211},
		{"no to", []string{"To", ""}, 400, 21604},
		{"magic to: invalid", []string{"To", "+15005550001"}, 400, 21211},
		{"magic to: unreachable", []string{"To", "+15005550002"}, 400, 21612},
		{"magic to: region", []string{"To", "+15005550003"}, 400, 21408},
		{"magic to: opted out", []string{"To", "+15005550004"}, 400, 21610},
		{"magic to: landline", []string{"To", "+15005550009"}, 400, 21614},
		{"no from", []string{"From", ""}, 400, 21603},
		{"empty service", []string{"From", "", "MessagingServiceSid", "MG1"}, 400, 21704},
		{"magic from: invalid", []string{"From", "+15005550001"}, 400, 21212},
		{"magic from: not ours", []string{"From", "+15005550007"}, 400, 21606},
		{"magic from: queue full", []string{"From", "+15005550008"}, 429, 21611},
		{"from not ours", []string{"From", "+15005550101"}, 400, 21606},
		{"from ours", []string{"From", "+15005550100"}, 201, 0},
		{"two channels", []string{"To", "whatsapp:" + customer}, 400, 21910},
		{"no body", []string{"Body", ""}, 400, 21602},
		{"a picture alone", []string{"Body", "", "MediaUrl", "https://a.example/1.png"}, 201, 0},
		{"1600 characters", []string{"Body", strings.Repeat("ä", 1600)}, 201, 0},
		{"1601 characters", []string{"Body", strings.Repeat("a", 1601)}, 400, 21617},
		{"callback nowhere", []string{"StatusCallback", "gateway/status"}, 400, 21609},
		{"callback with underscore", []string{"StatusCallback", "https://my_host/status"}, 400, 21609},
	} {
		status, header, body := create(t, base, customer, "hello", c.fields...)
		require.Equal(t, c.status, status, c.what)
		require.Contains(t, header.Get("Content-Type"), "application/json", c.what)
		var got struct{ Code int }
		require.NoError(t, json.Unmarshal([]byte(body), &got), c.what)
		require.Equal(t, c.code, got.Code, c.what)
	}
}

func TestOtherAccountsAndPathsAreNotFound(t *testing.T) {
	s, base := start(t, twilio.Config{})
	s.Account("ACother", "other")
	for _, path := range []string{"ACother/Messages.json", account + "/Calls.json", account + "/Messages/SM1", "ACother/Messages/SM1.json"} {
		status, _, body := call(t, http.MethodGet, base+"/2010-04-01/Accounts/"+path, nil)
		require.Equal(t, http.StatusNotFound, status, path)
		require.Contains(t, body, "20404", path)
	}
	s.Account(account, "changed")
	status, header, _ := create(t, base, customer, "with the old token")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, header.Get("WWW-Authenticate"), "Basic")
}

func TestSegments(t *testing.T) {
	s, base := start(t, twilio.Config{})
	for body, want := range map[string]int{
		strings.Repeat("a", 160): 1, strings.Repeat("a", 161): 2, strings.Repeat("€", 80): 1, strings.Repeat("€", 81): 2,
		strings.Repeat("ж", 70): 1, strings.Repeat("ж", 71): 2, strings.Repeat("👍", 36): 2,
	} {
		_, _, answer := create(t, base, customer, body)
		require.Contains(t, answer, fmt.Sprintf(`"num_segments":"%d"`, want), body)
	}
	require.Len(t, s.Messages(), 7)
}
