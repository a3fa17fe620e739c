// Package traces tells an OpenTelemetry collector how far each event came and how
// long it took: at the door, deciding, at the provider, and when the provider called
// back. What is traced is named, and no texts, names or numbers of people are.
//
// The hard decision: nothing is carried along. A trace's id is worked out from the
// provider's id of the event, which every step knows or finds by the decision, so the
// spans of several processes meet in one trace though the event passed through the
// database, and no provider is sent a header of ours. The price is that a trace has
// no root: its spans stand side by side, in the order of time.
package traces

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Step is what a span is about.
type Step string

// The steps of an event.
const (
	Door     Step = "door"     // a provider's request was taken
	Decide   Step = "decide"   // the event was handled, up to the commit
	Send     Step = "send"     // the provider was called
	Callback Step = "callback" // what the provider told of the message was handled
)

var kinds = map[Step]trace.SpanKind{
	Door: trace.SpanKindServer, Decide: trace.SpanKindConsumer, Send: trace.SpanKindClient, Callback: trace.SpanKindConsumer,
}

// Fact says more of a step: a word of ours or of a provider's, never a person's.
type Fact struct{ Name, Value string }

// waiting is how many spans may wait to be told; what comes beyond is dropped. stop is
// how long the last of them may take when the process ends.
const (
	waiting = 2048
	stop    = 2 * time.Second
)

// Traces are where the spans of this process go. Those of a nil one go nowhere, and
// cost nothing.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// New tells the collector at that address, such as http://localhost:4318; empty: nil,
// nobody is told. OpenTelemetry's other variables, such as OTEL_EXPORTER_OTLP_HEADERS
// and OTEL_TRACES_SAMPLER, count as well.
func New(endpoint string, log *slog.Logger) (*Traces, error) {
	if endpoint == "" {
		return nil, nil
	}
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimRight(endpoint, "/")+"/v1/traces"), otlptracehttp.WithTimeout(5*time.Second))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	us, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "ringback")), resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces are lost", "error", err) }))
	t := &Traces{provider: sdk.NewTracerProvider(
		sdk.WithIDGenerator(ids{}), sdk.WithResource(us), sdk.WithBatcher(exporter, sdk.WithMaxQueueSize(waiting), sdk.WithExportTimeout(5*time.Second)),
	)}
	t.tracer = t.provider.Tracer("ringback")
	return t, nil
}

// On reports whether anybody is told, for what is looked up for a span alone.
func (t *Traces) On() bool { return t != nil }

// Span tells of a step and how long it took. The origin is the provider's id of the event that
// all began with. Failed: it has to be done again, or led to nothing.
func (t *Traces) Span(step Step, origin string, began time.Time, took time.Duration, failed bool, facts ...Fact) {
	if t == nil || origin == "" {
		return
	}
	about := make([]attribute.KeyValue, len(facts))
	for n, f := range facts {
		about[n] = attribute.String("ringback."+f.Name, f.Value)
	}
	_, span := t.tracer.Start(context.WithValue(context.Background(), originKey{}, origin), string(step),
		trace.WithNewRoot(), trace.WithTimestamp(began), trace.WithSpanKind(kinds[step]), trace.WithAttributes(about...))
	if failed {
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(began.Add(took)))
}

// Stop tells of what is left, for as long as a process that ends may wait for it.
func (t *Traces) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stop)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

type originKey struct{}

// ids names a trace by its origin, and a span by chance.
type ids struct{}

// NewIDs are a new trace's.
func (i ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	origin, _ := ctx.Value(originKey{}).(string)
	id := ID(origin)
	return id, i.NewSpanID(ctx, id)
}

// NewSpanID is a new span's.
func (ids) NewSpanID(context.Context, trace.TraceID) (id trace.SpanID) {
	_, _ = rand.Read(id[:]) // it never fails
	return id
}

// ID is the trace of what began with the event of that provider's id.
func ID(origin string) trace.TraceID {
	sum := sha256.Sum256([]byte(origin))
	return trace.TraceID(sum[:16])
}
