package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"ringback/gateway/spool/jetstream"
)

// doors are what the server opens: others once the database is there.
type doors struct{ now atomic.Pointer[http.Handler] }

func (d *doors) set(h http.Handler) { d.now.Store(&h) }

// ServeHTTP is of those that are open.
func (d *doors) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*d.now.Load()).ServeHTTP(w, r) }

// Run is Serve for a Ringback that was opened and has not begun: its doors are open
// from the first moment. Begun is called once everything works, and again when trouble
// of the database's cut it off.
func (a *App) Run(ctx context.Context, begun func(context.Context) error) error {
	serving, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 2)
	fail := func(err error) {
		if err != nil && serving.Err() == nil {
			failed <- err
			stop()
		}
	}
	a.beginning.Go(func() {
		err := a.beginAgain(serving)
		if err == nil {
			go func() { fail(a.DB.gone(serving)) }()
			err = untilThrough(serving, begun, func(err error) { a.Log.Warn("what is told at a start waits for Postgres", "error", err) })
		}
		fail(err)
	})
	if servers, on := a.spool.(*jetstream.Spool); on {
		go func() {
			select {
			case err := <-servers.Refused():
				fail(fmt.Errorf("SPOOL_URL: %w", err))
			case <-serving.Done():
			}
		}()
	}
	err := a.Serve(serving)
	select {
	case cause := <-failed:
		return errors.Join(cause, err)
	default:
		return err
	}
}

// writing is how long an answer may take whose reader hardly reads: files,
// streams and what takes long to be uploaded say for themselves how long.
const writing = time.Minute

// newServer is one in which nobody takes longer than they may, whatever they do not
// send or read.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: writing, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Serve opens the doors until the context ends, then closes them, lets the
// workers finish, and last stops the database.
func (a *App) Serve(ctx context.Context) error {
	if a.Config.PublicURL == "" && !a.Private() {
		a.Log.Warn("PUBLIC_URL is not set, so this is taken for a developer's own machine: cookies travel without encryption, and no provider reaches us; set it to the https address that people use", "listen", a.Config.Listen)
	}
	a.server = newServer(&a.open, a.Log)
	a.server.RegisterOnShutdown(a.end) // live streams would keep the doors open
	a.server.RegisterOnShutdown(func() {
		a.beginning.Wait()
		if a.Live != nil {
			a.Live.End()
		}
	})
	failed := make(chan error, 3)
	a.operator.serve(failed)
	go func() { failed <- a.server.Serve(a.listener) }()
	if a.Config.Tunnel != nil {
		go func() { failed <- a.server.Serve(a.Config.Tunnel) }()
	}
	select {
	case <-ctx.Done():
	case err := <-failed:
		return errors.Join(err, a.Close())
	}
	return a.Close()
}

// closing bounds an orderly stop: a third of it is the doors', and the last fifth the
// database's.
const closing = 25 * time.Second

// errLate is a stop that did not come to an end: Postgres says nothing, for one, and who
// waits for it is not to be woken. What they were at is taken up again as after a crash.
var errLate = errors.New("not everything ended in time; the next start takes it up")

// Close stops in order: doors, workers, database. It has an end, whatever hangs.
func (a *App) Close() error {
	within := cmp.Or(a.Config.StopWithin, closing)
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var err error
	if a.server != nil {
		doors, cancel := context.WithTimeout(ctx, within/3)
		err = a.server.Shutdown(doors)
		cancel()
		if err != nil {
			err = a.server.Close()
		}
	} else {
		_ = a.listener.Close()
	}
	a.operator.close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.beginning.Wait()
		a.stopWorkers()
	}()
	late, cancel := context.WithTimeout(ctx, within*4/5)
	defer cancel()
	select {
	case <-ended:
	case <-late.Done():
		err = errors.Join(err, errLate)
	}
	if now, _, _ := a.start.get(); now == begun {
		err = errors.Join(err, a.release(ctx, a.DB))
	}
	if a.spool != nil {
		err = errors.Join(err, a.spool.Close())
	}
	if lost := a.traces.Stop(ctx); lost != nil {
		a.Log.Warn("the last traces are lost", "error", lost)
	}
	return err
}

func (a *App) stopWorkers() {
	if a.DB != nil {
		a.Live.End()
		stopAll(a.chores.Stop, append(a.beside(), a.Gateway))
		a.Live.Stop() // the last, so that other replicas hear of what the others did to the end
	}
	if a.early != nil {
		a.early.Stop()
	}
}
