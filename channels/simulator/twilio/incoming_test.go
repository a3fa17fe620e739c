package twilio_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

// TestSettingsOfNumbers: numbers and Messaging Services can be listed, looked
// at and changed, and what Twilio would not take changes nothing.
func TestSettingsOfNumbers(t *testing.T) {
	s := twilio.New(twilio.Config{Numbers: []string{"+13125550100", "+13125550101", "whatsapp:+13125550100"}})
	t.Cleanup(s.Close)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	sid, token := s.Credentials()
	pool := s.Service("Pool", "+13125550101")
	ask := func(method, path string, form url.Values) (int, map[string]any) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		request.SetBasicAuth(sid, token)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		var got map[string]any
		require.NoError(t, json.Unmarshal(body, &got), "%s", body)
		return answer.StatusCode, got
	}
	all := "/2010-04-01/Accounts/" + sid + "/IncomingPhoneNumbers"
	_, first := ask("GET", all+".json?PageSize=1", nil)
	require.Len(t, first["incoming_phone_numbers"], 1)
	_, second := ask("GET", first["next_page_uri"].(string), nil)
	require.Len(t, second["incoming_phone_numbers"], 1)
	require.Nil(t, second["next_page_uri"])
	_, one := ask("GET", all+".json?PhoneNumber=%2B13125550101", nil)
	number := one["incoming_phone_numbers"].([]any)[0].(map[string]any)
	require.Equal(t, "+13125550101", number["phone_number"])
	at := all + "/" + number["sid"].(string) + ".json"

	status, changed := ask("POST", at, url.Values{"SmsUrl": {"https://gw.example/sms#rc=5"}, "SmsMethod": {"GET"}, "TrunkSid": {"TK1"}})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "https://gw.example/sms#rc=5", changed["sms_url"])
	require.Equal(t, "GET", changed["sms_method"])
	for _, c := range []struct {
		at   string
		form url.Values
		want int
	}{
		{at, url.Values{"SmsUrl": {"https://other.example"}, "SmsMethod": {"PUT"}}, 400},
		{at, url.Values{"SmsUrl": {"https://other.example"}, "SmsURL": {"x"}}, 400},
		{at, url.Values{"SmsUrl": {"gw.example/sms"}}, 400},
		{all + "/PN0.json", url.Values{"SmsUrl": {"https://other.example"}}, 404},
		{strings.TrimSuffix(at, ".json"), nil, 404},
		{"/v1/Services/" + pool, url.Values{"UseInboundWebhookOnNumber": {"yes"}}, 400},
		{"/v1/Services/" + pool, url.Values{"InboundRequestUrl": {"ftp://gw.example"}}, 400},
		{"/v1/Services/MG0", url.Values{}, 404},
	} {
		status, got := ask("POST", c.at, c.form)
		require.Equal(t, c.want, status, "%v: %v", c.form, got)
	}
	require.Equal(t, "https://gw.example/sms#rc=5", s.Number("+13125550101")["sms_url"])
	require.Equal(t, "https://demo.twilio.com/welcome/sms/reply", s.Number("+13125550100")["sms_url"])

	status, _ = ask("POST", "/v1/Services/"+pool, url.Values{"InboundRequestUrl": {"https://gw.example/sms"}, "UseInboundWebhookOnNumber": {"true"}})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, true, s.ServiceSetting(pool, "use_inbound_webhook_on_number"))
	_, members := ask("GET", "/v1/Services/"+pool+"/PhoneNumbers", nil)
	require.Len(t, members["phone_numbers"], 1)
	_, services := ask("GET", "/v1/Services", nil)
	require.Len(t, services["services"], 1)
	status, me := ask("GET", "/2010-04-01/Accounts/"+sid+".json", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "active", me["status"])
	token = "another"
	status, _ = ask("GET", "/v1/Services", nil)
	require.Equal(t, http.StatusUnauthorized, status)
}
