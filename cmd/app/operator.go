package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"ringback/gateway/health"
	"ringback/gateway/metrics"
	"ringback/settings/staff"
	"ringback/webhooks"
	"ringback/webhooks/web/session"
)

// operator is the address that who runs Ringback looks at, apart from the doors.
type operator struct {
	listener net.Listener // nil: there is none
	server   *http.Server
}

func (o *operator) listen(c Config) error {
	if c.AdminListen == "" {
		return nil
	}
	var err error
	if o.listener, err = net.Listen("tcp", c.AdminListen); err != nil {
		return fmt.Errorf("ADMIN_LISTEN: %w; choose another address, such as ADMIN_LISTEN=127.0.0.1:9091", err)
	}
	return nil
}

// openOperator says how Ringback is from the first moment: at an address of the
// operator's own, or else, as metrics alone, among the other doors.
func (a *App) openOperator() error {
	checks := health.Checks{Start: a.start.stands}
	if a.spool != nil {
		checks.Spool = a.spool.State
	}
	a.start.look(checks)
	a.metrics = metrics.New()
	a.metrics.Register(health.Collector{Checks: a.start.looks})
	if err := a.operator.listen(a.Config); err != nil || a.operator.listener == nil {
		return err
	}
	router := webhooks.NewRouter(a.Log)
	webhooks.MountOperator(router, a.operators(), a.ready)
	a.operator.server = &http.Server{
		Handler: router, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelWarn),
	}
	a.Log.Info("metrics and health are answered", "listen", a.operator.listener.Addr().String())
	return nil
}

func (a *App) operators() webhooks.Operator {
	return webhooks.Operator{Metrics: a.metrics, Check: func(ctx context.Context) (*health.State, []health.Finding) { return a.start.looks().Check(ctx) }}
}

// health is what there is to look at.
func (a *App) health(ctx context.Context) []health.Finding {
	_, found := a.start.looks().Check(ctx)
	return found
}

// operates reports whether who asks has the bootstrap key. It is known without the
// database, which may be what they ask about.
func (a *App) operates(r *http.Request) bool {
	key, there := session.Bearer(r)
	return there && staff.Gate{Bootstrap: a.Config.BootstrapKey}.Boots(key)
}

// mountMetrics answers for them at the doors, where the operator has no address.
func (a *App) mountMetrics(router *webhooks.Router) {
	if a.operator.listener == nil {
		webhooks.MountMetrics(router, a.operators())
	}
}

// lookEverywhere has the health looked at in the database and what came with it.
func (a *App) lookEverywhere() {
	checks := health.Checks{DB: a.DB.Watch, Pools: a.DB.pools(), Disk: a.room, Away: a.Gateway.Away, Stand: a.rounds.Stand}
	if a.spool != nil {
		checks.Spool = a.spool.State
	}
	a.start.look(checks)
}

func (o *operator) serve(failed chan<- error) {
	if o.server != nil {
		go func() { failed <- o.server.Serve(o.listener) }()
	}
}

// close ends it at once: who asks for metrics asks again.
func (o *operator) close() {
	switch {
	case o.server != nil:
		_ = o.server.Close()
	case o.listener != nil:
		_ = o.listener.Close()
	}
}
