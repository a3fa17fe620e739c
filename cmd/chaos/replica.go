package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
)

// replica is a process of the real program.
type replica struct {
	name, address, data, log string
	binary                   string
	env                      []string

	cmd  *exec.Cmd // nil: it does not run
	gone chan error
	sent *atomic.Bool // whether somebody had this process end
	// ended is told of one that ends by itself.
	ended func(error)
}

// freeAddress is one that nobody listens at.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func newReplica(dir string, n int, binary string, env []string) (*replica, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("r%d", n)
	r := &replica{name: name, address: address, data: filepath.Join(dir, name), log: filepath.Join(dir, name+".log"), binary: binary}
	r.env = append(append([]string{}, env...), "LISTEN="+address, "RINGBACK_DATA_DIR="+r.data, "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"))
	return r, os.MkdirAll(r.data, 0o755)
}

func (r *replica) url() string { return "http://" + r.address }

// start runs it, with more in its environment. On Linux the kernel ends it when the
// thread ends that made it, so the thread is kept as long as it lives.
func (r *replica) start(more ...string) error {
	log, err := os.OpenFile(r.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(r.binary, "serve") //nolint:gosec // which we have built
	cmd.Env, cmd.Stdout, cmd.Stderr = append(append([]string{}, r.env...), more...), log, log
	cmd.SysProcAttr = dyingWithUs()
	r.cmd, r.gone, r.sent = cmd, make(chan error, 1), &atomic.Bool{}
	started, gone, sent := make(chan error), r.gone, r.sent
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			err = cmd.Wait()
			if !sent.Load() && r.ended != nil {
				r.ended(err)
			}
			gone <- err
		}
	}()
	return <-started
}

// kill is kill -9; nothing, if it does not run.
func (r *replica) kill() {
	if r.cmd == nil {
		return
	}
	r.sent.Store(true)
	_ = r.cmd.Process.Kill()
	<-r.gone //nolint:errcheck // it says how it ended, which we know
	r.cmd = nil
}

// end is SIGTERM, and an error when it does not end as it should. One that has only
// just been started, and listens neither to signals nor to anybody, ends at once.
// Nothing, if it does not run.
func (r *replica) end() error {
	if r.cmd == nil {
		return nil
	}
	conn, unheard := net.Dial("tcp", r.address)
	if unheard == nil {
		_ = conn.Close()
	}
	r.sent.Store(true)
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	err := <-r.gone
	r.cmd = nil
	if err != nil && unheard == nil {
		return fmt.Errorf("%s was asked to end: %w", r.name, err)
	}
	return nil
}

// freeze has it stand still, until what is returned lets it go on.
func (r *replica) freeze() (thaw func()) {
	p := r.cmd.Process
	_ = p.Signal(syscall.SIGSTOP)
	return func() { _ = p.Signal(syscall.SIGCONT) }
}
