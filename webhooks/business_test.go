package webhooks

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/whatsapp"
)

// TestWhatIsAboutABusiness is told to each of our numbers in it whose secret signed
// it, and kept under the business where we know none.
func TestWhatIsAboutABusiness(t *testing.T) {
	t.Parallel()
	const body = `{"object":"whatsapp_business_account","entry":[{"id":"77","time":1780315200,"changes":[{"field":"account_update","value":{"event":"VERIFIED_ACCOUNT"}}]}]}`
	for name, c := range map[string]struct {
		numbers []string
		secret  string
		status  int
		want    []string
	}{
		"two numbers of one app":          {[]string{"1", "2"}, "ours", 200, []string{"1", "2"}},
		"one has an app of its own":       {[]string{"1", "own"}, "its own", 200, []string{"own"}},
		"nobody's number":                 {nil, "ours", 200, []string{""}},
		"nobody's number, nobody's app":   {nil, "its own", 403, nil},
		"a stranger's secret is no app's": {[]string{"1"}, "a guess", 403, nil},
	} {
		var told []string
		router := NewRouter(slog.New(slog.DiscardHandler))
		Mount(router, Config{
			Channels:  []channels.Channel{whatsapp.New(whatsapp.Config{})},
			PublicURL: func() string { return public }, Clock: clocktest.StoppedAt(monday), Log: slog.New(slog.DiscardHandler),
			Secrets: func(_ context.Context, _ channels.Kind, id string) ([]string, error) {
				if id == "own" {
					return []string{"its own"}, nil
				}
				return []string{"ours"}, nil
			},
			Numbers: func(_ context.Context, businesses []string) (map[string][]string, error) {
				require.Equal(t, []string{"77"}, businesses)
				return map[string][]string{"77": c.numbers}, nil
			},
			Receive: func(_ context.Context, events []channels.Event) error {
				for _, e := range events {
					require.Equal(t, "77", e.Business)
					require.Equal(t, e.Account, e.SenderAddress)
					told = append(told, e.Account)
				}
				return nil
			},
		})
		r := httptest.NewRequest(http.MethodPost, whatsapp.Path, strings.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", whatsapp.Sign(c.secret, []byte(body)))
		require.Equal(t, c.status, answer(router, r).Code, name)
		require.Equal(t, c.want, told, name)
	}
}
