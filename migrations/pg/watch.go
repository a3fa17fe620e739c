package pg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// process is one run of the server.
type process struct {
	*exec.Cmd

	began time.Time
	gone  chan struct{} // closed when it is
	err   error         // how it ended; set before gone is closed
}

// launch starts the process. On Linux the kernel ends a child when the thread that
// made it ends, so the thread is kept for as long as the server lives.
func (s *Server) launch() error {
	logFile, err := s.home.openLog()
	if err != nil {
		return err
	}
	defer logFile.Close()
	args := []string{
		"-D", s.home.cluster(),
		"-c", "listen_addresses=",
		"-c", "unix_socket_directories=" + s.socket,
		"-c", "unix_socket_permissions=0700",
		"-p", port,
	}
	if s.throwaway {
		// Nothing in it lives long enough to be vacuumed; with a hundred databases a
		// worker would start for one of them after the other.
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=400", "-c", "autovacuum=off")
	}
	p := &process{Cmd: exec.Command(s.bin.path("postgres"), args...), began: time.Now(), gone: make(chan struct{})}
	p.Dir, p.Env = s.home.dir, environment()
	p.Stdout, p.Stderr = logFile, logFile
	p.SysProcAttr = childOf(s.home.account)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.Start()
		started <- err
		if err == nil {
			p.err = p.Wait()
			close(p.gone)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("run %s: %w", p.Path, err)
	}
	s.now = p
	return nil
}

// How often a server that died is started again before that is given up, and how
// long it has to live for the count to begin anew. The waits between grow.
const (
	restarts  = 8
	firstWait = 100 * time.Millisecond
	longWait  = 10 * time.Second
	healthy   = time.Minute
)

// watch waits for the process to end, and starts the server again when nobody asked
// for that: what killed it, a full disk or the kernel in want of memory, may be over.
// Meanwhile Postgres is away as any may be.
func (s *Server) watch(again bool) {
	defer close(s.done)
	if s.socket != s.home.cluster() {
		defer func() { _ = os.Remove(s.socket) }()
	}
	wait, tries := firstWait, 0
	for {
		p, logEnd := s.now, s.home.logSize()
		<-p.gone
		if time.Since(p.began) > healthy {
			wait, tries = firstWait, 0
		}
		for {
			if s.ended() || !again {
				return
			}
			why := fmt.Errorf("%w%s", p.err, s.home.logSince(logEnd))
			if tries++; tries > restarts {
				s.fault = fmt.Errorf("the embedded Postgres died %d times and does not start any more: %w", restarts, why)
				s.log.Error("the embedded Postgres has stopped for good", "error", p.err, "log", s.home.logPath())
				return
			}
			s.log.Error("the embedded Postgres has stopped, and is started again", "error", p.err, "log", s.home.logPath(), "in", wait)
			select {
			case <-s.stopping:
				return
			case <-time.After(wait):
			}
			wait = min(2*wait, longWait)
			if err := s.relaunch(); err == nil {
				break
			} else {
				p.err = err
			}
		}
	}
}

func (s *Server) ended() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// relaunch is launch where a server has died: what it left behind is cleared first.
func (s *Server) relaunch() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.home.clearStale(ctx, s.socket, s.log); err != nil {
		return err
	}
	s.running.Lock()
	defer s.running.Unlock()
	if s.ended() {
		return nil // watch finds the old process gone, and ends
	}
	return s.launch()
}
