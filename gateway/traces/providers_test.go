package traces_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"ringback/channels"
	"ringback/channels/httpcall"
	"ringback/channels/stripe"
	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
	"ringback/gateway/traces"
)

// TestNoProviderIsToldOfATrace: traces are on, a span is open and everything is set that
// has headers carried along, and no request to a third party has one.
func TestNoProviderIsToldOfATrace(t *testing.T) {
	collector := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(collector.Close)
	told, err := traces.New(collector.URL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.True(t, told.On())
	t.Cleanup(func() { _ = told.Stop(t.Context()) })
	before := otel.GetTextMapPropagator()
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	t.Cleanup(func() { otel.SetTextMapPropagator(before) })

	member, err := baggage.NewMember("customer", "Ann")
	require.NoError(t, err)
	carried, err := baggage.New(member)
	require.NoError(t, err)
	ctx := baggage.ContextWithBaggage(trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: traces.ID("SM1"), SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled,
	})), carried)
	would := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, would)
	require.Len(t, would, 2, "it would be carried along")

	var mu sync.Mutex
	var sent []http.Header
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, r.Header.Clone())
		w.WriteHeader(http.StatusBadRequest)
	}))
	t.Cleanup(provider.Close)
	base, err := url.Parse(provider.URL)
	require.NoError(t, err)
	texts, graph := twilio.New(twilio.Config{BaseURL: base}), whatsapp.New(whatsapp.Config{BaseURL: base})
	account := channels.Account{ID: "AC00000000000000000000000000000001", Secrets: []string{"one", "two"}}
	message := channels.Outgoing{Delivery: "1", Kind: channels.SMS, From: "+15005550006", To: "+13125550142", Text: "Hello", PublicURL: "https://texts.example.com"}
	for name, call := range map[string]func() error{
		"twilio, a text": func() error { _, err := texts.Send(ctx, account, message); return err },
		"twilio, what became of it": func() error {
			_, err := texts.Track(ctx, account, message, "SM00000000000000000000000000000001")
			return err
		},
		"twilio, a message that may be there": func() error { _, _, err := texts.Find(ctx, account, message, time.Time{}); return err },
		"meta, a text": func() error {
			_, err := graph.Send(ctx, channels.Account{ID: "1065", Secrets: account.Secrets}, channels.Outgoing{Kind: channels.WhatsAppCloud, From: "1065", To: "+13125550142", Text: "Hello"})
			return err
		},
		"meta, a file": func() error {
			_, err := graph.Fetch(ctx, channels.Account{ID: "1065", Secrets: account.Secrets}, channels.Media{ID: "77"})
			return err
		},
		"stripe": func() error {
			client := stripe.New(stripe.Config{Key: "sk_test_123", Webhook: "whsec_test", BaseURL: provider.URL})
			return client.Complete(ctx, &stripe.PaymentUpdate{Intent: "pi_1"})
		},
		"the client of all": func() error {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, provider.URL, nil)
			require.NoError(t, err)
			answer, err := httpcall.NewClient().Do(r)
			require.NoError(t, err)
			return answer.Body.Close()
		},
	} {
		sent = nil
		_ = call() // the provider refuses it
		require.NotEmpty(t, sent, name)
		for _, header := range sent {
			for _, one := range []string{"Traceparent", "Tracestate", "Baggage", "B3", "X-B3-Traceid"} {
				require.NotContains(t, header, one, name)
			}
		}
	}
}
