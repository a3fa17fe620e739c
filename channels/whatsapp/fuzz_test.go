package whatsapp

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// FuzzBody: whatever is sent for Meta's, signed or not, is read or refused; what is
// read can be written down.
func FuzzBody(f *testing.F) {
	files, err := filepath.Glob("../../cmd/e2e/testdata/payloads/meta/*.json")
	require.NoError(f, err)
	for _, name := range files {
		body, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(body)
	}
	f.Add([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"9"},"contacts":[{"wa_id":"1","profile":{"name":"A"}}],"messages":[{"id":"m","from":"15550001","timestamp":"1780000000","type":"text","text":{"body":"hi"}}]}}]}]}`))
	f.Add([]byte(`{"entry":[{"changes":[{"value":{"statuses":[{"id":"m","status":"failed","errors":[{"code":131}]}]}}]}]}`))
	f.Add([]byte(`{"entry":[{"changes":[{"value":{"messages":[{"id":"m","from":"1","type":"interactive","interactive":{"nfm_reply":{"response_json":"{}"}}}]}}]}]}`))
	f.Add([]byte(`[[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := channels.Request{Body: body}
		_, _ = claimedAccount(r)
		_, _ = claimedAccounts(r)
		read, err := parse(r)
		if err != nil {
			return
		}
		for _, e := range read {
			if text := e.ProviderID + e.Account + e.SenderAddress + e.CustomerAddress; !utf8.ValidString(text) || e.ProviderID == "" {
				t.Errorf("%+v is not fit to be written down", e)
			}
		}
	})
}
