package webhooks

import (
	"context"
	"fmt"
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

// metas are two companies' own apps at Meta, and numbers of the environment's.
func metas(received *[]string) http.Handler {
	router := NewRouter(slog.New(slog.DiscardHandler))
	Mount(router, Config{
		Channels:  []channels.Channel{whatsapp.New(whatsapp.Config{VerifyToken: "meatyhamhock"})},
		PublicURL: func() string { return public }, Clock: clocktest.StoppedAt(monday), Log: slog.New(slog.DiscardHandler),
		Secrets: func(_ context.Context, kind channels.Kind, id string) ([]string, error) {
			switch {
			case kind != channels.WhatsAppCloud:
				return nil, nil
			case id == "111" || id == "222":
				return []string{"the secret of " + id}, nil
			}
			return []string{"the environment's"}, nil
		},
		Receive: func(_ context.Context, events []channels.Event) error {
			for _, e := range events {
				*received = append(*received, e.ProviderID)
			}
			return nil
		},
	})
	return router
}

func bodyOf(numbers ...string) string {
	var entries []string
	for _, number := range numbers {
		entries = append(entries, fmt.Sprintf(`{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":%q},
			"messages":[{"id":"to %s","from":"13125550142"}]}}]}`, number, number))
	}
	return `{"object":"whatsapp_business_account","entry":[` + strings.Join(entries, ",") + `]}`
}

// TestOneAppDoesNotSpeakForAnother: of a body that tells of several accounts,
// only those are believed whose secret signed it.
func TestOneAppDoesNotSpeakForAnother(t *testing.T) {
	for _, c := range []struct {
		numbers []string
		secret  string
		status  int
		want    []string
	}{
		{[]string{"111", "222"}, "the secret of 111", 200, []string{"to 111"}},
		{[]string{"222", "111"}, "the secret of 111", 200, []string{"to 111"}},
		{[]string{"222"}, "the secret of 111", 403, nil},
		{[]string{"333", "444", "111"}, "the environment's", 200, []string{"to 333", "to 444"}},
		{[]string{"333"}, "the secret of 111", 403, nil},
		{nil, "the environment's", 200, nil},
		{nil, "the secret of 111", 403, nil},
		{[]string{"111"}, "", 403, nil},
	} {
		var received []string
		h := metas(&received)
		body := bodyOf(c.numbers...)
		for range 2 {
			received = nil
			r := httptest.NewRequest(http.MethodPost, whatsapp.Path, strings.NewReader(body))
			r.Header.Set("X-Hub-Signature-256", whatsapp.Sign(c.secret, []byte(body)))
			require.Equal(t, c.status, answer(h, r).Code, c)
			require.Equal(t, c.want, received, c)
		}
	}
}

// TestNobodyHasThousandsLookedUp: a body that nobody has signed costs a few
// questions, however many accounts it tells of; one that its first account has
// signed is read to its end.
func TestNobodyHasThousandsLookedUp(t *testing.T) {
	var asked int
	router := NewRouter(slog.New(slog.DiscardHandler))
	Mount(router, Config{
		Channels:  []channels.Channel{whatsapp.New(whatsapp.Config{})},
		PublicURL: func() string { return public }, Clock: clocktest.StoppedAt(monday), Log: slog.New(slog.DiscardHandler),
		Secrets: func(_ context.Context, _ channels.Kind, id string) ([]string, error) {
			asked++
			return []string{"the secret of " + id}, nil
		},
		Receive: func(context.Context, []channels.Event) error { return nil },
	})
	numbers := make([]string, 500)
	for n := range numbers {
		numbers[n] = fmt.Sprint(1000 + n)
	}
	body := bodyOf(numbers...)
	for secret, most := range map[string]int{"a guess": strangers, "the secret of 1000": len(numbers)} {
		asked = 0
		r := httptest.NewRequest(http.MethodPost, whatsapp.Path, strings.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", whatsapp.Sign(secret, []byte(body)))
		answer(router, r)
		require.Equal(t, most, asked, secret)
	}
}

func TestHandshake(t *testing.T) {
	var received []string
	h := metas(&received)
	for query, status := range map[string]int{
		"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock": 200,
		"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=nope":         403,
		"": 400,
	} {
		got := answer(h, httptest.NewRequest(http.MethodGet, whatsapp.Path+"?"+query, nil))
		require.Equal(t, status, got.Code, query)
		require.Equal(t, "text/plain; charset=utf-8", got.Header().Get("Content-Type"))
		require.Equal(t, "nosniff", got.Header().Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", got.Header().Get("Cross-Origin-Opener-Policy"))
		if status == 200 {
			require.Equal(t, "1158201444", got.Body.String())
		}
	}
}
