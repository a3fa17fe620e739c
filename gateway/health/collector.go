package health

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector looks at the health whenever the metrics are asked for.
type Collector struct {
	Checks func() Checks // as they are by then
}

// patience bounds a look: who asks for metrics waits ten seconds.
const patience = 3 * time.Second

var (
	up          = prometheus.NewDesc("ringback_database_up", "1: the database answers.", nil, nil)
	took        = prometheus.NewDesc("ringback_database_seconds", "How long the database took to answer.", nil, nil)
	oldest      = prometheus.NewDesc("ringback_due_oldest_seconds", "How long the oldest work in a queue has been due; 0: none is.", []string{"queue"}, nil)
	paused      = prometheus.NewDesc("ringback_sender_paused", "Senders that rest because the provider refuses their account.", nil, nil)
	clockOff    = prometheus.NewDesc("ringback_clock_offset_seconds", "How far this machine's clock is ahead of the database's.", nil, nil)
	spooled     = prometheus.NewDesc("ringback_spool_events", "Events that this process acknowledged and Postgres has not yet.", nil, nil)
	spoolOldest = prometheus.NewDesc("ringback_spool_oldest_seconds", "How long the oldest of them has waited; 0: there is none.", nil, nil)
	warnings    = prometheus.NewDesc("ringback_warnings", "What somebody has to look at, by its code: 1 while it holds.", []string{"code", "severity"}, nil)
	connections = prometheus.NewDesc("ringback_database_connections", "Connections to the database, by pool and what they do.", []string{"pool", "state"}, nil)
	waited      = prometheus.NewDesc("ringback_database_waits_total", "How often somebody waited for a connection.", []string{"pool"}, nil)
)

// Describe says what may come.
func (Collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{up, took, oldest, paused, clockOff, spooled, spoolOldest, warnings, connections, waited} {
		out <- d
	}
}

// Collect takes a look.
func (c Collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	checks := c.Checks()
	s, found := checks.Check(ctx)
	said := map[[2]string]bool{} // two queues that are behind are one warning: what is there twice is no metric
	for _, f := range found {
		labels := [2]string{string(f.Code), string(f.Severity)}
		if !said[labels] {
			said[labels] = true
			gauge(warnings, 1, labels[:]...)
		}
	}
	for name, pool := range checks.Pools {
		stats := pool.Stats()
		gauge(connections, float64(stats.InUse), name, "used")
		gauge(connections, float64(stats.Idle), name, "idle")
		gauge(connections, float64(stats.MaxOpenConnections), name, "allowed")
		out <- prometheus.MustNewConstMetric(waited, prometheus.CounterValue, float64(stats.WaitCount), name)
	}
	if checks.Spool != nil {
		held := checks.Spool()
		gauge(spooled, float64(held.Count))
		gauge(spoolOldest, held.Age().Seconds())
	}
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Code == DatabaseAway }) {
		gauge(up, 0)
	}
	if s == nil {
		return
	}
	gauge(up, 1)
	gauge(took, s.DatabaseTook.Seconds())
	gauge(paused, float64(s.Paused))
	gauge(clockOff, s.ClockApart.Seconds())
	for _, w := range s.Work {
		gauge(oldest, w.Seconds, w.Queue)
	}
}
