package whatsapp

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestWhereMetaBringsIt: the apps, the nearest of the addresses, and the fields that the
// app whose secret we have subscribes to.
func TestWhereMetaBringsIt(t *testing.T) {
	t.Parallel()
	const ours = `{"data":[{"object":"page","fields":[{"name":"feed"}]},{"object":"whatsapp_business_account","fields":[{"name":"messages","version":"v26.0"},{"name":"calls"}]}]}`
	one := channels.Account{ID: testNumber, Secrets: []string{"token", "secret"}}
	for name, c := range map[string]struct {
		account       channels.Account
		apps          string
		subscriptions map[string]string // by the app's id
		webhook       string
		want          Subscription
		asked         []string // about apps, with their token
	}{
		"a number's own address": {
			one, `{"data":[{"whatsapp_business_api_data":{"id":"11","name":"Ring\nback"}}]}`,
			map[string]string{"11": ours},
			`{"phone_number":"https://n","whatsapp_business_account":"https://b","application":"https://a"}`,
			Subscription{Apps: []string{"Ring back"}, Callback: "https://n", Fields: []string{"messages", "calls"}},
			[]string{"11/subscriptions 11|secret"},
		},
		"its business's": {
			one, `{"data":[]}`, nil, `{"whatsapp_business_account":"https://b","application":"https://a"}`, Subscription{Callback: "https://b"}, nil,
		},
		"the app's, and nothing subscribed": {
			one, `{"data":[{"whatsapp_business_api_data":{"id":11,"name":"A"}}]}`,
			map[string]string{"11": `{"data":[]}`},
			`{"application":"https://a"}`,
			Subscription{Apps: []string{"A"}, Callback: "https://a", Fields: []string{}},
			[]string{"11/subscriptions 11|secret"},
		},
		"the second app is ours": {
			one, `{"data":[{"whatsapp_business_api_data":{"id":"10","name":"A"}},{"whatsapp_business_api_data":{"id":"11","name":"B"}},{"whatsapp_business_api_data":{"id":"12","name":"C"}}]}`,
			map[string]string{"11": ours},
			`{}`,
			Subscription{Apps: []string{"A", "B", "C"}, Fields: []string{"messages", "calls"}},
			[]string{"10/subscriptions 10|secret", "11/subscriptions 11|secret"},
		},
		"no secret to ask with": {
			channels.Account{ID: testNumber, Secrets: []string{"token"}},
			`{"data":[{"whatsapp_business_api_data":{"id":"11","name":"A"}}]}`,
			map[string]string{"11": ours},
			`{}`,
			Subscription{Apps: []string{"A"}},
			nil,
		},
		"an app whose id is a path": {
			one, `{"data":[{"whatsapp_business_api_data":{"id":"../me","name":"A"}}]}`, nil, `{}`, Subscription{Apps: []string{"A"}}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph, calls := recorded(t, func(asked called) (int, string) {
				switch asked.path {
				case "900/subscribed_apps":
					return 200, c.apps
				case testNumber:
					return 200, `{"webhook_configuration":` + c.webhook + `}`
				}
				for id, answer := range c.subscriptions {
					if asked.path == id+"/subscriptions" {
						return 200, answer
					}
				}
				return 403, `{"error":{"code":200}}`
			})
			found, err := graph.Subscription(t.Context(), c.account, "900")
			require.NoError(t, err)
			require.Equal(t, c.want, found)
			var asked []string
			for _, call := range *calls {
				if call.token != "token" {
					asked = append(asked, call.path+" "+call.token)
				}
			}
			require.Equal(t, c.asked, asked)
		})
	}
	require.Equal(t, []string{"token", "secret"}, one.Secrets, "whoever asks keeps them as they are")
	for _, path := range []string{"900/subscribed_apps", testNumber} {
		graph, _ := recorded(t, func(asked called) (int, string) {
			if asked.path == path {
				return 401, `{"error":{"code":190}}`
			}
			return 200, `{"data":[]}`
		})
		_, err := graph.Subscription(t.Context(), one, "900")
		require.Error(t, err, path)
	}
}
