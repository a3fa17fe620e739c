package traces_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/traces"
)

// TestNobodyAsksForTraces: then a span costs nothing at all.
func TestNobodyAsksForTraces(t *testing.T) {
	none, err := traces.New("", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.False(t, none.On())
	require.Zero(t, testing.AllocsPerRun(100, func() {
		none.Span(traces.Send, "SM1", time.Time{}, time.Second, false, traces.Fact{Name: "channel", Value: "sms"}, traces.Fact{Name: "code", Value: "30003"})
	}))
	require.NoError(t, none.Stop(t.Context()))
}

// TestACollectorThatHangs holds up neither who tells it something nor the end.
func TestACollectorThatHangs(t *testing.T) {
	over := make(chan struct{})
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	defer collector.Close()
	defer close(over)
	told, err := traces.New(collector.URL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	for range 10_000 {
		told.Span(traces.Door, "SM1", time.Time{}, time.Second, false)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, told.Stop(ctx), context.DeadlineExceeded)
}

// TestATraceIsNamedByItsEvent: the documented way to find it.
func TestATraceIsNamedByItsEvent(t *testing.T) {
	require.Equal(t, "8dcedf76e8949e11196ca55b5960960b", traces.ID("SM123").String()) // printf %s SM123 | sha256sum
}
