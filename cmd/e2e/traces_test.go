package e2e

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"ringback/cmd/app"
	"ringback/gateway/traces"
)

// spans are what a collector is told over OTLP.
type spans struct {
	mu  sync.Mutex
	all []*otlp.Span
}

func (s *spans) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	var err error
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, err = gzip.NewReader(r.Body)
	}
	var raw []byte
	if err == nil {
		raw, err = io.ReadAll(body)
	}
	var told collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(raw, &told)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, resource := range told.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			s.all = append(s.all, scope.Spans...)
		}
	}
}

// TestATextIsOneTrace: told twice and handled by any of two replicas, over the decision
// and the provider's call to what the provider tells of the reply.
func TestATextIsOneTrace(t *testing.T) {
	told := &spans{}
	server := httptest.NewServer(told)
	defer server.Close()
	w := newWorld(t, func(c *app.Config) { c.TracesURL = server.URL })
	w.Clock.Stop(time.Date(2026, 6, 6, 22, 0, 0, 0, time.UTC)) // a Saturday
	_, end := w.replicaThatEnds()
	w.text("+13125550142", "Is anybody there?")
	w.settle()
	var message string
	require.NoError(t, w.DB.Get(&message, `select provider_id from decisions`))
	w.stop() // by which the last spans are told
	end()

	told.mu.Lock()
	defer told.mu.Unlock()
	id := traces.ID(message)
	var names []string
	for _, span := range told.all {
		require.Equal(t, id[:], span.TraceId, span.Name)
		require.Empty(t, span.ParentSpanId)
		require.LessOrEqual(t, span.StartTimeUnixNano, span.EndTimeUnixNano)
		require.NotContains(t, span.String(), "5550142")
		require.NotContains(t, span.String(), "anybody")
		names = append(names, span.Name)
	}
	slices.Sort(names)
	require.Equal(t, []string{"door", "door", "decide", "send", "callback"}, unrepeated(names))
}

// unrepeated are sorted names in a story's order, with one callback for however many
// states the provider told of.
func unrepeated(names []string) []string {
	order := []string{"door", "decide", "send", "callback"}
	var all []string
	for _, name := range order {
		for n := range names {
			if names[n] == name && (name != "callback" || !slices.Contains(all, name)) {
				all = append(all, name)
			}
		}
	}
	return all
}
