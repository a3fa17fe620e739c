// Package metrics counts what happens, for Prometheus. Its names are few and
// stable; docs/operations.md lists them, and rules that ring at them.
//
// The hard decision: no label says whose it is. A series for each of a million
// teams would cost more than what it tells; which team, sender or person it was
// stands in decisions and deliveries, with the reason.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the counts of one process. A nil one counts nothing.
type Metrics struct {
	registry   *prometheus.Registry
	webhooks   *prometheus.CounterVec
	answers    *prometheus.HistogramVec
	decisions  *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	sends      *prometheus.HistogramVec
	unknown    *prometheus.CounterVec
}

// New starts counting from nothing.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringback_webhooks_total", Help: "Requests of providers, by what they were about and how we answered.",
		}, []string{"provider", "kind", "status"}),
		answers: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ringback_webhook_seconds", Help: "How long a provider waited for our answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15},
		}, []string{"provider"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringback_decisions_total", Help: "Decisions on events, by the automation that settled them, what came of it and why.",
		}, []string{"automation", "outcome", "reason"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringback_deliveries_total", Help: "Messages that reached a state, by channel and the provider's error code.",
		}, []string{"channel", "state", "code"}),
		sends: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ringback_send_seconds", Help: "How long a provider took to take or refuse a message.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"provider", "result"}),
	}
	m.unknown = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "ringback_unknown_kinds_total", Help: "Events of kinds that are new to us, which were kept and shown.",
	}, []string{"provider", "kind"})
	for _, provider := range []string{"twilio", "meta"} { // so that the first one is a rise
		for _, kind := range []string{"message", "note"} {
			m.unknown.WithLabelValues(provider, kind)
		}
	}
	m.registry.MustRegister(m.webhooks, m.answers, m.decisions, m.deliveries, m.sends, m.unknown,
		collectors.NewGoCollector(collectors.WithGoCollectorMemStatsMetricsDisabled()),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Register adds what is looked up when it is asked for.
func (m *Metrics) Register(c prometheus.Collector) { m.registry.MustRegister(c) }

// Handler answers with all of it.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Webhook counts a provider's request that was answered.
func (m *Metrics) Webhook(provider, kind string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.webhooks.WithLabelValues(provider, kind, strconv.Itoa(status)).Inc()
	m.answers.WithLabelValues(provider).Observe(took.Seconds())
}

// Unknown counts an event whose kind, of a message or a note, is new to us. The
// provider's word for it is no label: anything at all may stand there.
func (m *Metrics) Unknown(provider, kind string) {
	if m != nil {
		m.unknown.WithLabelValues(provider, kind).Inc()
	}
}

// Decided counts a decision that stands.
func (m *Metrics) Decided(automation, outcome, reason string) {
	if m != nil {
		m.decisions.WithLabelValues(automation, outcome, reason).Inc()
	}
}

// Delivered counts a message that reached a state, its last one or not.
func (m *Metrics) Delivered(channel, state, code string) {
	if m != nil {
		m.deliveries.WithLabelValues(channel, state, code).Inc()
	}
}

// Sent notes how long a provider took over a message: result is taken, or why not.
func (m *Metrics) Sent(provider, result string, took time.Duration) {
	if m != nil {
		m.sends.WithLabelValues(provider, result).Observe(took.Seconds())
	}
}
