package main

import (
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
)

// process is one of another program that the campaign starts and ends.
type process struct {
	name, log, binary string
	args, env         []string

	cmd  *exec.Cmd // nil: it does not run
	gone chan error
	sent *atomic.Bool // whether somebody had this process end
	// ended is told of one that ends by itself.
	ended func(error)
}

// start runs it, with more in its environment. On Linux the kernel ends it when the
// thread ends that made it, so the thread is kept as long as it lives.
func (p *process) start(more ...string) error {
	log, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.binary, p.args...) //nolint:gosec // which we have built
	cmd.Env, cmd.Stdout, cmd.Stderr = append(append([]string{}, p.env...), more...), log, log
	cmd.SysProcAttr = dyingWithUs()
	p.cmd, p.gone, p.sent = cmd, make(chan error, 1), &atomic.Bool{}
	started, gone, sent := make(chan error), p.gone, p.sent
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			err = cmd.Wait()
			if !sent.Load() && p.ended != nil {
				p.ended(err)
			}
			gone <- err
		}
	}()
	return <-started
}

// kill is kill -9; nothing, if it does not run.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	p.sent.Store(true)
	_ = p.cmd.Process.Kill()
	<-p.gone //nolint:errcheck // it says how it ended, which we know
	p.cmd = nil
}

// freeze has it stand still, until what is returned lets it go on.
func (p *process) freeze() (thaw func()) {
	running := p.cmd.Process
	_ = running.Signal(syscall.SIGSTOP)
	return func() { _ = running.Signal(syscall.SIGCONT) }
}
